// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.etmconnect.inventory.apply.AssetSplits;
import org.etmconnect.inventory.assets.AssetDetails;
import org.etmconnect.inventory.assets.AssetEvent;
import org.etmconnect.inventory.assets.AssetReader;
import org.etmconnect.query.AssetRow;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.AssetSort;
import org.etmconnect.query.Page;
import org.etmconnect.query.SeverityCounts;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.AssetsApi;
import org.etmconnect.server.rest.model.AssetDetailDto;
import org.etmconnect.server.rest.model.AssetDto;
import org.etmconnect.server.rest.model.AssetEventDto;
import org.etmconnect.server.rest.model.AssetHistoryDto;
import org.etmconnect.server.rest.model.AssetPageDto;
import org.etmconnect.server.rest.model.IdentificationDto;
import org.etmconnect.server.rest.model.OperatingSystemDto;
import org.etmconnect.server.rest.model.RawRecordDto;
import org.etmconnect.server.rest.model.SeverityCountsDto;
import org.etmconnect.server.rest.model.SourceRecordDto;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@RestController
class AssetRoutes implements AssetsApi {

    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    private final AssetSearch search;
    private final AssetReader reader;
    private final RawRecords rawRecords;
    private final AssetSplits splits;
    private final JsonMapper json;

    AssetRoutes(AssetSearch search, AssetReader reader, RawRecords rawRecords, AssetSplits splits, JsonMapper json) {
        this.search = search;
        this.reader = reader;
        this.rawRecords = rawRecords;
        this.splits = splits;
        this.json = json;
    }

    @Override
    public ResponseEntity<AssetPageDto> searchAssets(
            String query, String sort, @Nullable String cursor, Integer limit, Integer count, @Nullable String asOf) {
        Condition condition = Queries.read(query, asOf, Subject.ASSET);
        AssetSort order = Queries.order(sort, AssetSort.class);
        Page<AssetRow> page = Queries.page(search.page(condition, order, Optional.ofNullable(cursor), limit));
        AssetPageDto document =
                new AssetPageDto(page.rows().stream().map(AssetRoutes::document).toList());
        page.next().ifPresent(document::setNextCursor);
        page.asOf().map(Queries::asOf).ifPresent(document::setAsOf);
        if (count > 0) {
            Queries.count(search.count(condition, count)).ifPresent(document::setCount);
        }
        return ResponseEntity.ok(document);
    }

    @Override
    public ResponseEntity<AssetDetailDto> getAsset(Integer assetId, @Nullable String asOf) {
        AssetDetailDto document = document(details(assetId));
        return ResponseEntity.ok(asOf == null ? document : past(document, asOf));
    }

    /** The present document with what was not there yet left out, and the state of that time. */
    private AssetDetailDto past(AssetDetailDto document, String asOf) {
        int id = document.getAsset().getId();
        Condition condition = Queries.read("asset.id:" + id, asOf, Subject.ASSET);
        Page<AssetRow> page = Queries.page(search.page(condition, AssetSort.ID, Optional.empty(), 1));
        Instant at = page.asOf().orElseThrow();
        AssetRow row = page.rows().stream()
                .findFirst()
                .orElseThrow(() -> ApiProblem.notFound(
                        "asset " + id + " at " + at, "No run had found it yet. Leave asOf out for the present."));
        document.setAsset(document(row));
        document.setAsOf(Queries.asOf(at));
        document.setRecords(document.getRecords().stream()
                .filter(record -> !record.getFirstFound().isAfter(at))
                .map(record -> record.retiredOn(until(record.getRetiredOn(), at))
                        .lastFound(record.getLastFound().isAfter(at) ? at : record.getLastFound()))
                .toList());
        document.setIdentification(document.getIdentification().stream()
                .filter(entry -> !entry.getAt().isAfter(at))
                .toList());
        document.setRetiredOn(until(document.getRetiredOn(), at));
        return document;
    }

    private static @Nullable Instant until(@Nullable Instant time, Instant at) {
        return time == null || time.isAfter(at) ? null : time;
    }

    @Override
    public ResponseEntity<AssetHistoryDto> getAssetHistory(Integer assetId, Integer limit) {
        details(assetId);
        return ResponseEntity.ok(new AssetHistoryDto(reader.history(assetId, limit).stream()
                .map(AssetRoutes::document)
                .toList()));
    }

    private static AssetEventDto document(AssetEvent event) {
        AssetEventDto document = switch (event.what()) {
            case AssetEvent.What.Found(String key) ->
                event(event, AssetEventDto.KindEnum.FOUND, "First reported, by the key " + key);
            case AssetEvent.What.Vanished(String key) ->
                event(event, AssetEventDto.KindEnum.VANISHED, "Not reported any more, by the key " + key);
            case AssetEvent.What.Returned(String key) ->
                event(event, AssetEventDto.KindEnum.RETURNED, "Reported again, by the key " + key);
            case AssetEvent.What.Changed() ->
                event(event, AssetEventDto.KindEnum.CHANGED, "Its attributes changed, for the last time so far");
            case AssetEvent.What.Findings(long opened, long fixed, long reopened) ->
                event(
                                event,
                                AssetEventDto.KindEnum.FINDINGS,
                                "Findings: " + opened + " opened, " + fixed + " fixed, " + reopened + " reopened")
                        .opened(opened)
                        .fixed(fixed)
                        .reopened(reopened);
            case AssetEvent.What.HistoryBegins() ->
                event(
                        event,
                        AssetEventDto.KindEnum.HISTORY_BEGINS,
                        "What findings did before this is not kept, nor when the host was away");
            case AssetEvent.What.Identified(String sentence) ->
                event(event, AssetEventDto.KindEnum.IDENTIFIED, sentence);
        };
        event.runId().ifPresent(document::setRunId);
        event.connectionId().ifPresent(document::setConnectionId);
        event.connectionName().ifPresent(document::setConnection);
        return document;
    }

    private static AssetEventDto event(AssetEvent event, AssetEventDto.KindEnum kind, String text) {
        return new AssetEventDto(event.at(), kind, text);
    }

    @Override
    public ResponseEntity<RawRecordDto> getRawRecord(Integer assetId, Integer recordId) {
        AssetDetails.Source source = details(assetId).sources().stream()
                .filter(each -> each.id() == recordId)
                .findFirst()
                .orElseThrow(() -> ApiProblem.notFound(
                        "record " + recordId + " of asset " + assetId,
                        "GET /api/v1/assets/" + assetId + " lists its records."));
        return ResponseEntity.ok(rawRecords
                .find(source)
                .map(raw -> new RawRecordDto(source.lastSeenRun(), tree(raw)))
                .orElseThrow(() -> ApiProblem.notFound(
                        "stored answer of the vendor for this record any more",
                        "The snapshot of run " + source.lastSeenRun()
                                + " is not kept. The next run fetches it anew.")));
    }

    private AssetDetails details(int assetId) {
        return reader.find(assetId)
                .orElseThrow(() -> ApiProblem.notFound(
                        "asset " + assetId,
                        splits.mergedInto(assetId)
                                .map(now -> "Its records belong to asset " + now + " now.")
                                .orElse("GET /api/v1/assets lists those there are.")));
    }

    static String status(AssetRow row) {
        return row.status().toUpperCase(Locale.ROOT);
    }

    static AssetDto document(AssetRow row) {
        AssetDto document = new AssetDto(
                row.id(),
                row.addresses(),
                row.macAddresses(),
                AssetDto.StatusEnum.valueOf(status(row)),
                row.sources(),
                counts(row.openFindings()));
        row.name().ifPresent(document::setName);
        row.domain().ifPresent(document::setDomain);
        row.type().ifPresent(document::setType);
        row.cloudProvider().ifPresent(document::setCloudProvider);
        row.firstFound().ifPresent(document::setFirstFoundBySource);
        row.lastFound().ifPresent(document::setLastFound);
        operatingSystem(row.operatingSystemName(), row.operatingSystemVersion())
                .ifPresent(document::setOperatingSystem);
        return document;
    }

    private static Optional<OperatingSystemDto> operatingSystem(Optional<String> name, Optional<String> version) {
        if (name.isEmpty() && version.isEmpty()) {
            return Optional.empty();
        }
        OperatingSystemDto document = new OperatingSystemDto();
        name.ifPresent(document::setName);
        version.ifPresent(document::setVersion);
        return Optional.of(document);
    }

    static SeverityCountsDto counts(SeverityCounts counts) {
        return new SeverityCountsDto(
                (long) counts.total(),
                (long) counts.critical(),
                (long) counts.high(),
                (long) counts.medium(),
                (long) counts.low(),
                (long) counts.info(),
                (long) counts.unrated());
    }

    private AssetDetailDto document(AssetDetails details) {
        AssetDto asset = new AssetDto(
                details.id(),
                details.addresses(),
                details.macAddresses(),
                details.retiredOn().isPresent() ? AssetDto.StatusEnum.RETIRED : AssetDto.StatusEnum.ACTIVE,
                details.sources().stream()
                        .map(AssetDetails.Source::product)
                        .distinct()
                        .sorted()
                        .toList(),
                counts(details.openFindings()));
        details.name().ifPresent(asset::setName);
        details.domain().ifPresent(asset::setDomain);
        details.type().ifPresent(asset::setType);
        details.cloudProvider().ifPresent(asset::setCloudProvider);
        details.firstFoundBySource().ifPresent(asset::setFirstFoundBySource);
        asset.setLastFound(details.lastFound());
        operatingSystem(details.operatingSystem(), details.operatingSystemVersion())
                .ifPresent(asset::setOperatingSystem);
        AssetDetailDto document = new AssetDetailDto(
                asset,
                tree(details.customAttributes()),
                details.firstFound(),
                details.sources().stream().map(this::document).toList(),
                details.identifications().stream().map(AssetRoutes::document).toList());
        details.retiredOn().ifPresent(document::setRetiredOn);
        return document;
    }

    private static SeverityCountsDto counts(Map<Integer, Long> bySeverity) {
        return new SeverityCountsDto(
                bySeverity.values().stream().mapToLong(Long::longValue).sum(),
                bySeverity.getOrDefault(5, 0L),
                bySeverity.getOrDefault(4, 0L),
                bySeverity.getOrDefault(3, 0L),
                bySeverity.getOrDefault(2, 0L),
                bySeverity.getOrDefault(1, 0L),
                bySeverity.getOrDefault(0, 0L));
    }

    private SourceRecordDto document(AssetDetails.Source source) {
        SourceRecordDto document = new SourceRecordDto(
                source.id(),
                source.connectionId(),
                source.connectionName(),
                source.product(),
                source.nativeKey(),
                source.firstFound(),
                source.lastFound(),
                source.lastSeenRun(),
                tree(source.document()));
        source.retiredOn().ifPresent(document::setRetiredOn);
        return document;
    }

    private static IdentificationDto document(AssetDetails.IdentificationEntry entry) {
        Map<String, List<String>> matched = new TreeMap<>();
        entry.matched()
                .forEach((attribute, values) ->
                        matched.put(attribute, values.stream().sorted().toList()));
        IdentificationDto document =
                new IdentificationDto(entry.sourceRecordId(), entry.at(), matched, entry.sentence());
        entry.runId().ifPresent(document::setRunId);
        entry.rule().ifPresent(document::setRule);
        return document;
    }

    private Map<String, Object> tree(JsonNode node) {
        return json.convertValue(node, TREE);
    }
}

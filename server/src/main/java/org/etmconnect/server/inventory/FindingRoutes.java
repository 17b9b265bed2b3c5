// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.etmconnect.query.FindingGroup;
import org.etmconnect.query.FindingGrouping;
import org.etmconnect.query.FindingGroups;
import org.etmconnect.query.FindingRow;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.FindingSort;
import org.etmconnect.query.GroupOutcome;
import org.etmconnect.query.Page;
import org.etmconnect.query.SeverityCountOutcome;
import org.etmconnect.query.SeverityCounts;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.QqlPrinter;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.FindingsApi;
import org.etmconnect.server.rest.model.FindingChangeDto;
import org.etmconnect.server.rest.model.FindingChangesDto;
import org.etmconnect.server.rest.model.FindingDto;
import org.etmconnect.server.rest.model.FindingGroupDto;
import org.etmconnect.server.rest.model.FindingGroupListDto;
import org.etmconnect.server.rest.model.FindingGroupingDto;
import org.etmconnect.server.rest.model.FindingPageDto;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class FindingRoutes implements FindingsApi {

    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,9}-[1-9][0-9]{0,9}");

    private final FindingSearch search;

    FindingRoutes(FindingSearch search) {
        this.search = search;
    }

    @Override
    public ResponseEntity<FindingPageDto> searchFindings(
            String query, String sort, @Nullable String cursor, Integer limit, Integer count, @Nullable String asOf) {
        Condition condition = Queries.read(query, asOf, Subject.FINDING);
        FindingSort order = Queries.order(sort, FindingSort.class);
        Page<FindingRow> page = Queries.page(search.page(condition, order, Optional.ofNullable(cursor), limit));
        FindingPageDto document = new FindingPageDto(
                page.rows().stream().map(FindingRoutes::document).toList());
        page.next().ifPresent(document::setNextCursor);
        page.asOf().map(Queries::asOf).ifPresent(document::setAsOf);
        if (count > 0) {
            Queries.count(search.count(condition, count)).ifPresent(document::setCount);
        }
        return ResponseEntity.ok(document);
    }

    @Override
    public ResponseEntity<FindingChangesDto> compareFindings(String from, String to, String query) {
        Condition condition = Queries.read(query, Subject.FINDING);
        Match.Between period = new Match.Between(Queries.point(from, "from"), Queries.point(to, "to"));
        return ResponseEntity.ok(new FindingChangesDto(
                change("finding.openedBetween", period, condition),
                change("finding.fixedBetween", period, condition),
                change("finding.reopenedBetween", period, condition)));
    }

    private FindingChangeDto change(String token, Match.Between period, Condition condition) {
        Condition changed = new Condition.Compare(TokenCatalogue.standard().get(token), period);
        Condition both =
                condition instanceof Condition.Everything ? changed : Condition.all(List.of(changed, condition));
        return switch (search.countBySeverity(both)) {
            case SeverityCountOutcome.Counted(SeverityCounts counts) ->
                new FindingChangeDto(AssetRoutes.counts(counts), QqlPrinter.print(both));
            case SeverityCountOutcome.TimedOut(Duration limit) -> throw Queries.timeout(limit);
            case SeverityCountOutcome.Refused(String message) -> throw Queries.refused(message);
        };
    }

    @Override
    public ResponseEntity<FindingGroupListDto> groupFindings(
            FindingGroupingDto by, String query, Integer limit, @Nullable String asOf) {
        Condition condition = Queries.read(query, asOf, Subject.FINDING);
        FindingGroups groups = switch (search.group(condition, FindingGrouping.valueOf(by.name()), limit)) {
            case GroupOutcome.Grouped(FindingGroups found) -> found;
            case GroupOutcome.TimedOut(Duration time) -> throw Queries.timeout(time);
            case GroupOutcome.Refused(String message) -> throw Queries.refused(message);
        };
        FindingGroupListDto document = new FindingGroupListDto(
                groups.groups().stream().map(FindingRoutes::document).toList(), groups.total(), groups.openOnly());
        groups.asOf().map(Queries::asOf).ifPresent(document::setAsOf);
        return ResponseEntity.ok(document);
    }

    private static FindingGroupDto document(FindingGroup group) {
        FindingGroupDto document =
                new FindingGroupDto(group.findings(), group.hosts(), group.hostsCounted(), group.query());
        group.value().ifPresent(document::setValue);
        group.assetId().ifPresent(document::setAssetId);
        group.severity().ifPresent(document::setSeverity);
        return document;
    }

    @Override
    public ResponseEntity<FindingDto> getFinding(String findingId, @Nullable String asOf) {
        if (!ID.matcher(findingId).matches()) {
            throw missing(findingId);
        }
        Condition condition = Queries.read("finding.id:`" + findingId + "`", asOf, Subject.FINDING);
        return ResponseEntity.ok(
                Queries.page(search.page(condition, FindingSort.SEVERITY, Optional.empty(), 1)).rows().stream()
                        .findFirst()
                        .map(FindingRoutes::document)
                        .orElseThrow(() -> missing(findingId)));
    }

    private static ApiProblem missing(String findingId) {
        return ApiProblem.notFound(
                "finding \"" + findingId + "\"", "GET /api/v1/findings lists those there are; an id is like 17-204.");
    }

    static FindingDto document(FindingRow row) {
        FindingDto document = new FindingDto(
                row.id(),
                row.assetId(),
                row.vendorProductName(),
                row.externalFindingId(),
                FindingDto.StatusEnum.valueOf(row.status()));
        document.setVendorName(row.vendorName());
        document.setConnection(row.connectionName());
        row.assetName().ifPresent(document::setAssetName);
        row.cveId().ifPresent(document::setCveId);
        row.title().ifPresent(document::setTitle);
        row.description().ifPresent(document::setDescription);
        row.severity().ifPresent(document::setSeverity);
        row.sourceSeverity().ifPresent(document::setSourceSeverity);
        row.sourceRiskScore().ifPresent(document::setSourceRiskScore);
        row.firstFound().ifPresent(document::setFirstFound);
        row.lastFound().ifPresent(document::setLastFound);
        row.fixedOn().ifPresent(document::setFixedOn);
        row.reopenedOn().ifPresent(document::setReopenedOn);
        row.cvePublished().ifPresent(document::setCvePublished);
        return document;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.Connector;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.MapTrialsApi;
import org.etmconnect.server.rest.model.DroppedFindingDto;
import org.etmconnect.server.rest.model.DroppedValueDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.PreviewDto;
import org.etmconnect.server.rest.model.PreviewRequestDto;
import org.etmconnect.server.rest.model.RowSourceDto;
import org.etmconnect.server.rest.model.TransformMapCheckDto;
import org.etmconnect.server.rest.model.TransformMapTextDto;
import org.etmconnect.server.rest.model.ValueOriginDto;
import org.etmconnect.sync.StoredRecords;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.Explanation;
import org.etmconnect.transform.MappedDocument;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
class MapTrialRoutes implements MapTrialsApi {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final TransformMaps maps;
    private final ChosenMap chosen;
    private final Connectors connectors;
    private final StoredRecords records;
    private final JsonMapper json;

    MapTrialRoutes(
            TransformMaps maps, ChosenMap chosen, Connectors connectors, StoredRecords records, JsonMapper json) {
        this.maps = maps;
        this.chosen = chosen;
        this.connectors = connectors;
        this.records = records;
        this.json = json;
    }

    @Override
    public ResponseEntity<TransformMapCheckDto> checkMap(TransformMapTextDto text) {
        TransformMaps.TextCheck check = maps.checkText(text.getYaml());
        TransformMapCheckDto document = new TransformMapCheckDto(
                check.usable(),
                check.problems().stream().map(MapDocuments::problem).toList());
        check.map().map(TransformMap::name).ifPresent(document::setName);
        return ResponseEntity.ok(document);
    }

    @Override
    public ResponseEntity<PreviewDto> previewMap(PreviewRequestDto request) {
        ChosenMap.Usable map = chosen.choose(request.getYaml(), request.getMap(), request.getVersion());
        Integer connectionId = request.getConnectionId();
        // Left out, it is an empty object here.
        boolean pasted = request.getRecord() != null && !request.getRecord().isEmpty();
        if (pasted == (connectionId != null)) {
            throw ApiProblem.unusable(
                    "Which record?",
                    List.of(new FieldProblemDto(
                            "record",
                            "Send either record, the host itself, or connectionId, whose last snapshot has it.")));
        }
        Optional<Integer> runId = Optional.empty();
        ObjectNode record;
        if (connectionId == null) {
            ObjectNode asSent = json.convertValue(request.getRecord(), ObjectNode.class);
            record = connectors
                    .withModel(map.map().source())
                    .map(connector -> connector.sourceRecord(asSent))
                    .orElse(asSent);
        } else {
            StoredRecords.Outcome.Found found = stored(connectionId, request, map.map());
            runId = Optional.of(found.runId());
            record = found.record();
        }
        PreviewDto document = document(plan(map.map()).explain(record));
        runId.ifPresent(document::setRunId);
        document.setRecord(json.convertValue(record, OBJECT));
        document.setWarnings(map.warnings().stream().map(MapDocuments::problem).toList());
        return ResponseEntity.ok(document);
    }

    private TransformPlan plan(TransformMap map) {
        return switch (maps.check(map)) {
            case Compilation.Compiled compiled -> compiled.plan();
            case Compilation.Refused refused ->
                throw new IllegalStateException("The map was just checked: " + refused.problems());
        };
    }

    private StoredRecords.Outcome.Found stored(int connectionId, PreviewRequestDto request, TransformMap map) {
        SavedConnection connection = connectors.connection(connectionId);
        Connector connector = connectors.of(connection, map);
        StoredRecords.Pick pick;
        if (request.getKey() != null) {
            pick = new StoredRecords.Pick.ByKey(request.getKey());
        } else if (request.getHostName() != null) {
            pick = new StoredRecords.Pick.ByHostName(request.getHostName());
        } else {
            pick = new StoredRecords.Pick.ByNumber(request.getNumber() == null ? 1 : request.getNumber());
        }
        return switch (records.find(connection.id(), connector, pick)) {
            case StoredRecords.Outcome.Found found -> found;
            case StoredRecords.Outcome.NotInSnapshot(int run) ->
                throw ApiProblem.notFound(
                        "record "
                                + switch (pick) {
                                    case StoredRecords.Pick.ByKey(String key) -> "with the key \"" + key + "\"";
                                    case StoredRecords.Pick.ByHostName(String name) -> "of a host \"" + name + "\"";
                                    case StoredRecords.Pick.ByNumber(long number) -> number;
                                },
                        "The snapshot of run " + run + " has no such host.");
            case StoredRecords.Outcome.NoSnapshot() -> throw noSnapshot(connection);
        };
    }

    static ApiProblem noSnapshot(SavedConnection connection) {
        return ApiProblem.conflict(
                "Connection \"" + connection.name() + "\" has no snapshot that is kept",
                "Run one of its profiles first, or paste a record.");
    }

    private PreviewDto document(Explanation explanation) {
        PreviewDto document = new PreviewDto();
        switch (explanation.result()) {
            case MappedDocument.Mapped mapped -> {
                document.setRejected(false);
                document.setDocument(json.convertValue(mapped.document(), OBJECT));
                document.setDroppedFindings(mapped.droppedFindings().stream()
                        .map(MapTrialRoutes::dropped)
                        .toList());
                document.setProblems(List.of());
            }
            case MappedDocument.Rejected(List<ConversionProblem> problems) -> {
                document.setRejected(true);
                document.setDocument(null);
                document.setDroppedFindings(List.of());
                document.setProblems(
                        problems.stream().map(MapDocuments::problem).toList());
            }
        }
        List<ValueOriginDto> values = new ArrayList<>();
        for (Explanation.Origin origin : explanation.origins()) {
            values.add(new ValueOriginDto(
                    origin.target(),
                    origin.value(),
                    origin.sources().stream()
                            .map(source -> new RowSourceDto(source.row(), source.source()))
                            .toList()));
        }
        document.setValues(values);
        List<DroppedValueDto> dropped = new ArrayList<>();
        for (Explanation.Dropped drop : explanation.dropped()) {
            DroppedValueDto value = new DroppedValueDto(drop.source(), drop.value(), drop.reason());
            if (drop.row() > 0) {
                value.setRow(drop.row());
            }
            dropped.add(value);
        }
        document.setDropped(dropped);
        return document;
    }

    private static DroppedFindingDto dropped(MappedItem.Rejected finding) {
        DroppedFindingDto document = new DroppedFindingDto(
                finding.problems().stream().map(MapDocuments::problem).toList());
        finding.key().ifPresent(document::setKey);
        return document;
    }
}

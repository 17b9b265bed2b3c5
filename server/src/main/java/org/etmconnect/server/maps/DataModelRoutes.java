// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.server.connections.ConnectorCatalogue;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.DataModelsApi;
import org.etmconnect.server.rest.model.DataModelDto;
import org.etmconnect.server.rest.model.DataModelListDto;
import org.etmconnect.server.rest.model.DataModelSummaryDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.ModelFieldDto;
import org.etmconnect.sync.LastSnapshots;
import org.etmconnect.sync.StoredRecords;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.sync.shape.SeenFields;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DataModelRoutes implements DataModelsApi {

    private static final int REMEMBERED = 20;

    private final List<Model> models = new ArrayList<>();
    private final Connectors connectors;
    private final StoredRecords records;
    private final LastSnapshots snapshots;
    private final SeenFields seen;

    /** Examples by connection. A snapshot does not change any more, so they are read once for each. */
    private final Map<Integer, StoredRecords.Examples> examples = new LinkedHashMap<>();

    private record Model(
            String id, DataModel model, DataModelSummaryDto.KindEnum kind, Optional<Connector> connector) {}

    DataModelRoutes(
            ConnectorCatalogue catalogue,
            TransformMaps maps,
            Connectors connectors,
            StoredRecords records,
            LastSnapshots snapshots,
            SeenFields seen) {
        this.connectors = connectors;
        this.records = records;
        this.snapshots = snapshots;
        this.seen = seen;
        for (Connector connector : catalogue.all()) {
            models.add(model(connector.sourceModel(), DataModelSummaryDto.KindEnum.SOURCE, Optional.of(connector)));
        }
        for (DataModel target : maps.targetModels()) {
            models.add(model(target, DataModelSummaryDto.KindEnum.TARGET, Optional.empty()));
        }
    }

    private static Model model(DataModel model, DataModelSummaryDto.KindEnum kind, Optional<Connector> connector) {
        String id = model.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return new Model(id, model, kind, connector);
    }

    @Override
    public ResponseEntity<DataModelListDto> listDataModels() {
        return ResponseEntity.ok(new DataModelListDto(
                models.stream().map(DataModelRoutes::summary).toList()));
    }

    private static DataModelSummaryDto summary(Model model) {
        DataModelSummaryDto document = new DataModelSummaryDto(
                model.id(), model.model().name(), model.model().description(), model.kind());
        model.connector()
                .ifPresent(connector ->
                        document.setConnector(connector.descriptor().id()));
        return document;
    }

    @Override
    public ResponseEntity<DataModelDto> getDataModel(String modelId, @Nullable Integer connectionId) {
        Model model = models.stream()
                .filter(each -> each.id().equals(modelId))
                .findFirst()
                .orElseThrow(() -> ApiProblem.notFound(
                        "data model \"" + modelId + "\"", "GET /api/v1/data-models lists those there are."));
        Optional<StoredRecords.Examples> found = model.connector()
                .flatMap(connector -> connectionId == null
                        ? anyConnection(connector).flatMap(connection -> examples(connection.id(), connector))
                        : examples(chosen(connectionId, connector).id(), connector));
        DataModelDto document = new DataModelDto(
                model.id(),
                model.model().name(),
                model.model().description(),
                DataModelDto.KindEnum.valueOf(model.kind().name()),
                fields(
                        model.connector().map(seen::model).orElse(model.model()).fields(),
                        Optional.of(model.model().fields()),
                        "",
                        model.kind() == DataModelSummaryDto.KindEnum.TARGET,
                        found.map(StoredRecords.Examples::byPath)));
        model.connector()
                .ifPresent(connector ->
                        document.setConnector(connector.descriptor().id()));
        found.ifPresent(each -> document.setExamplesFromRun(each.runId()));
        return ResponseEntity.ok(document);
    }

    private SavedConnection chosen(int connectionId, Connector connector) {
        SavedConnection connection = connectors.connection(connectionId);
        if (!connection.connector().equals(connector.descriptor().id())) {
            throw ApiProblem.unusable(
                    "The connection has another data model",
                    List.of(new FieldProblemDto(
                            "connectionId",
                            "Connection \"" + connection.name() + "\" belongs to the connector "
                                    + connection.connector() + ".")));
        }
        return connection;
    }

    private Optional<SavedConnection> anyConnection(Connector connector) {
        return connectors.connections().stream()
                .filter(connection ->
                        connection.connector().equals(connector.descriptor().id()))
                .max(Comparator.comparingInt(connection -> connection
                        .lastCompleteRun()
                        .orElse(connection.lastAppliedRun().orElse(0))));
    }

    private Optional<StoredRecords.Examples> examples(int connectionId, Connector connector) {
        Optional<Integer> newest = snapshots.newest(connectionId).map(LastSnapshots.Ended::runId);
        synchronized (examples) {
            StoredRecords.Examples known = examples.get(connectionId);
            if (known != null && newest.equals(Optional.of(known.runId()))) {
                return Optional.of(known);
            }
        }
        Optional<StoredRecords.Examples> read = records.examples(connectionId, connector);
        synchronized (examples) {
            examples.remove(connectionId);
            read.ifPresent(each -> examples.put(connectionId, each));
            if (examples.size() > REMEMBERED) {
                examples.remove(examples.keySet().iterator().next());
            }
        }
        return read;
    }

    /** @param documented the fields of the same object that are documented; empty if the object itself is not */
    private static List<ModelFieldDto> fields(
            List<Field> fields,
            Optional<List<Field>> documented,
            String parent,
            boolean target,
            Optional<Map<String, List<String>>> examples) {
        return fields.stream()
                .map(field -> {
                    Optional<Field> known = documented.stream()
                            .flatMap(List::stream)
                            .filter(one -> one.name().equals(field.name()))
                            .findFirst();
                    String path = parent + field.name() + (field.list() ? "[]" : "");
                    List<String> own = field.example().map(List::of).orElse(List.of());
                    ModelFieldDto document = new ModelFieldDto(
                            field.name(),
                            path,
                            ModelFieldDto.TypeEnum.valueOf(field.type().name()),
                            field.list(),
                            field.description(),
                            field.identifier(),
                            target && field.identifier(),
                            field.open(),
                            field.type() == FieldType.OBJECT
                                    ? List.of()
                                    : examples.map(found ->
                                                    found.getOrDefault(path, known.isPresent() ? List.of() : own))
                                            .orElse(own),
                            fields(field.fields(), known.map(Field::fields), path + ".", target, examples));
                    document.documented(known.isPresent()).setValues(field.values());
                    field.sameValueAs().ifPresent(document::setSameValueAs);
                    return document;
                })
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.inventory.apply.ClosingGuard;
import org.etmconnect.inventory.apply.HeldClosures;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.DeleteOutcome;
import org.etmconnect.inventory.configuration.NewConnection;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.SaveOutcome;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ConnectionsApi;
import org.etmconnect.server.rest.model.ClosingGuardDto;
import org.etmconnect.server.rest.model.ConnectionDto;
import org.etmconnect.server.rest.model.ConnectionInputDto;
import org.etmconnect.server.rest.model.ConnectionListDto;
import org.etmconnect.server.rest.model.ConnectionTestDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.start.ServerOptions;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ConnectionRoutes implements ConnectionsApi {

    /** Enough to see behind runs that wait or were cancelled. */
    private static final int RUNS_LOOKED_AT = 50;

    static final String LIST = "GET /api/v1/connections lists those there are.";

    private final ConfigurationStore configuration;
    private final RunStore runs;
    private final ConnectorCatalogue catalogue;
    private final ServerOptions options;
    private final HeldClosures heldClosures;
    private final Clock clock;

    ConnectionRoutes(
            ConfigurationStore configuration,
            RunStore runs,
            ConnectorCatalogue catalogue,
            ServerOptions options,
            HeldClosures heldClosures,
            Clock clock) {
        this.configuration = configuration;
        this.runs = runs;
        this.catalogue = catalogue;
        this.options = options;
        this.heldClosures = heldClosures;
        this.clock = clock;
    }

    @Override
    public ResponseEntity<ConnectionListDto> listConnections() {
        return ResponseEntity.ok(new ConnectionListDto(
                configuration.connections().stream().map(this::document).toList()));
    }

    @Override
    public ResponseEntity<ConnectionDto> getConnection(Integer connectionId) {
        return ResponseEntity.ok(document(saved(connectionId)));
    }

    @Override
    public ResponseEntity<ConnectionDto> createConnection(ConnectionInputDto input) {
        Connector connector = catalogue.known(input.getConnector());
        String name = name(input);
        SettingsCheck.Accepted accepted = settings(connector).read(input, Optional.empty());
        SaveOutcome outcome = configuration.create(new NewConnection(
                name,
                description(input),
                connector.descriptor(),
                accepted.settings(),
                Boolean.FALSE.equals(input.getDefaultProfile())
                        ? Optional.empty()
                        : Optional.of(
                                ConnectorCatalogue.transformMaps(connector).getFirst()),
                retention(input)));
        ConnectionDto created = saved(outcome, accepted.notices());
        return ResponseEntity.created(URI.create("/api/v1/connections/" + created.getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<ConnectionDto> updateConnection(Integer connectionId, ConnectionInputDto input) {
        SavedConnection saved = saved(connectionId);
        checkSameConnector(saved, input);
        Connector connector = catalogue.known(saved.connector());
        String name = name(input);
        SettingsCheck.Accepted accepted = settings(connector).read(input, configuration.settingsForRun(connectionId));
        return ResponseEntity.ok(saved(
                configuration.update(connectionId, name, description(input), accepted.settings(), retention(input)),
                accepted.notices()));
    }

    static void checkSameConnector(SavedConnection saved, ConnectionInputDto input) {
        if (!saved.connector().equals(input.getConnector())) {
            throw ApiProblem.unusable(
                    "A connection keeps its connector",
                    List.of(new FieldProblemDto(
                            "connector", "Leave it " + saved.connector() + ", or create another connection.")));
        }
    }

    @Override
    public ResponseEntity<Void> deleteConnection(Integer connectionId) {
        return switch (configuration.delete(connectionId)) {
            case DeleteOutcome.Deleted() -> ResponseEntity.noContent().build();
            case DeleteOutcome.Missing() -> throw ApiProblem.notFound("connection " + connectionId, LIST);
            case DeleteOutcome.Running(int runId) ->
                throw ApiProblem.conflict(
                        "The connection is running",
                        "Wait for run " + runId + " to end, or cancel it with POST /api/v1/runs/" + runId + "/cancel.");
            case DeleteOutcome.InInventory(long records) ->
                throw ApiProblem.conflict(
                        "The inventory holds what this connection brought",
                        "%,d source records would lose their origin. Set its profiles Inactive instead."
                                .formatted(records));
        };
    }

    @Override
    public ResponseEntity<ConnectionTestDto> testSettings(ConnectionInputDto input) {
        Connector connector = catalogue.known(input.getConnector());
        SettingsCheck.Accepted accepted = settings(connector).read(input, Optional.empty());
        return ResponseEntity.ok(test(connector, accepted.settings()).notices(accepted.notices()));
    }

    @Override
    public ResponseEntity<ConnectionTestDto> testConnection(Integer connectionId) {
        SavedConnection saved = saved(connectionId);
        Connector connector = catalogue.known(saved.connector());
        ConnectionSettings settings = configuration
                .settingsForRun(connectionId)
                .orElseThrow(() -> ApiProblem.notFound("connection " + connectionId, LIST));
        return switch (connector.checkSettings(settings)) {
            case SettingsCheck.Accepted accepted -> ResponseEntity.ok(test(connector, accepted.settings()));
            case SettingsCheck.Rejected(List<SettingsCheck.Problem> problems) ->
                throw ApiProblem.unusable(
                        "The stored settings cannot be used any more",
                        problems.stream()
                                .map(problem -> new FieldProblemDto(problem.field(), problem.message()))
                                .toList());
        };
    }

    private static ConnectionTestDto test(Connector connector, ConnectionSettings settings) {
        return SettingsDocuments.test(() -> connector.testConnection(settings));
    }

    private ConnectionDto saved(SaveOutcome outcome, List<String> notices) {
        return switch (outcome) {
            case SaveOutcome.Saved(SavedConnection connection) ->
                document(connection).notices(notices);
            case SaveOutcome.NameTaken(String name) ->
                throw ApiProblem.conflict(
                        "There is a connection \"" + name + "\" already", "Choose another name, or change that one.");
            case SaveOutcome.Missing(int id) -> throw ApiProblem.notFound("connection " + id, LIST);
        };
    }

    static String name(ConnectionInputDto input) {
        String name = input.getName().strip();
        if (name.isEmpty()) {
            throw ApiProblem.unusable(
                    "The connection's settings cannot be used",
                    List.of(new FieldProblemDto("name", "Give the connection a name.")));
        }
        return name;
    }

    private static OptionalInt retention(ConnectionInputDto input) {
        Integer days = input.getRetentionDays();
        return days == null ? OptionalInt.empty() : OptionalInt.of(days);
    }

    static String description(ConnectionInputDto input) {
        return input.getDescription() == null ? "" : input.getDescription().strip();
    }

    private SettingsInput settings(Connector connector) {
        return new SettingsInput(connector, options.allowPlainHttp(), options.targets());
    }

    private SavedConnection saved(int connectionId) {
        return configuration
                .connection(connectionId)
                .orElseThrow(() -> ApiProblem.notFound("connection " + connectionId, LIST));
    }

    private ConnectionDto document(SavedConnection connection) {
        List<Profile> profiles = configuration.profiles(OptionalInt.of(connection.id()));
        List<Run> newest = runs.list(connection.id(), Optional.empty(), RUNS_LOOKED_AT);
        Instant now = clock.instant();
        ConnectionDto document = new ConnectionDto(
                connection.id(),
                connection.name(),
                connection.description(),
                connection.connector(),
                connection.vendor(),
                connection.product(),
                state(newest, profiles, now),
                ConnectorRoutes.findingTypes(connection.findingTypes()),
                connection.values(),
                SettingsDocuments.network(connection.network()),
                connection.createdAt(),
                profiles.stream()
                        .map(profile -> ProfileRoutes.document(profile, now))
                        .toList());
        document.setNotices(null);
        connection.secretsSetAt().ifPresent(document::setSecretsSetAt);
        newest.stream().findFirst().ifPresent(run -> document.setLastRunId(run.id()));
        connection.retentionDays().ifPresent(document::setRetentionDays);
        connection.lastCompleteRun().ifPresent(document::setLastCompleteRunId);
        return document;
    }

    private static ConnectionDto.StateEnum state(List<Run> newest, List<Profile> profiles, Instant now) {
        if (newest.stream().anyMatch(run -> !run.state().ended())) {
            return ConnectionDto.StateEnum.PROCESSING;
        }
        if (profiles.stream().noneMatch(Profile::active)) {
            return ConnectionDto.StateEnum.INACTIVE;
        }
        ConnectionDto.StateEnum untried = profiles.stream()
                        .anyMatch(profile ->
                                profile.active() && profile.schedule().next(now).isPresent())
                ? ConnectionDto.StateEnum.SCHEDULED
                : ConnectionDto.StateEnum.REGISTERED;
        return newest.stream()
                .map(Run::state)
                .filter(state -> state != RunState.CANCELLED)
                .findFirst()
                .map(state -> switch (state) {
                    case PROCESSED -> ConnectionDto.StateEnum.PROCESSED;
                    case PROCESSED_INCOMPLETE -> ConnectionDto.StateEnum.PROCESSED_INCOMPLETE;
                    case FAILED -> ConnectionDto.StateEnum.FAILED;
                    case CANCELLED -> untried;
                    case QUEUED, FETCHING, APPLYING -> ConnectionDto.StateEnum.PROCESSING;
                })
                .orElse(untried);
    }

    @Override
    public ResponseEntity<ClosingGuardDto> getClosingGuard(Integer connectionId) {
        ClosingGuard guard = heldClosures
                .guard(connectionId)
                .orElseThrow(() -> ApiProblem.notFound("connection " + connectionId, LIST));
        return ResponseEntity.ok(new ClosingGuardDto(guard.percent(), guard.atLeast()));
    }

    @Override
    public ResponseEntity<ClosingGuardDto> setClosingGuard(Integer connectionId, ClosingGuardDto input) {
        if (!heldClosures.guard(connectionId, new ClosingGuard(input.getPercent(), input.getAtLeast()))) {
            throw ApiProblem.notFound("connection " + connectionId, LIST);
        }
        return getClosingGuard(connectionId);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.ProfileDraft;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.server.delivery.DestinationComparison;
import org.etmconnect.server.identification.IdentificationComparison;
import org.etmconnect.server.maps.MapComparison;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ConfigurationApi;
import org.etmconnect.server.rest.model.ComparedThingDto;
import org.etmconnect.server.rest.model.ConfigurationComparisonDto;
import org.etmconnect.server.rest.model.ConfigurationInputDto;
import org.etmconnect.server.rest.model.ConfigurationMapDto;
import org.etmconnect.server.rest.model.ConfigurationProfileDto;
import org.etmconnect.server.rest.model.ConnectionInputDto;
import org.etmconnect.server.rest.model.FieldDifferenceDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.start.ServerOptions;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.transform.TransformMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ConfigurationRoutes implements ConfigurationApi {

    private final ConfigurationStore configuration;
    private final ConnectorCatalogue catalogue;
    private final TransformMaps maps;
    private final MapComparison mapComparison;
    private final IdentificationComparison identificationComparison;
    private final DestinationComparison destinationComparison;
    private final ServerOptions options;

    ConfigurationRoutes(
            ConfigurationStore configuration,
            ConnectorCatalogue catalogue,
            TransformMaps maps,
            MapComparison mapComparison,
            IdentificationComparison identificationComparison,
            DestinationComparison destinationComparison,
            ServerOptions options) {
        this.configuration = configuration;
        this.catalogue = catalogue;
        this.maps = maps;
        this.mapComparison = mapComparison;
        this.identificationComparison = identificationComparison;
        this.destinationComparison = destinationComparison;
        this.options = options;
    }

    @Override
    public ResponseEntity<ConfigurationComparisonDto> compareConfiguration(ConfigurationInputDto input) {
        return ResponseEntity.ok(new Comparing().compare(input));
    }

    /** One request; it knows what the request would add. */
    private final class Comparing {

        private final Map<String, SavedConnection> stored = new HashMap<>();
        private final Map<String, String> connectorOf = new HashMap<>();
        private final Map<String, Map<Optional<Integer>, TransformMap>> sentMaps = new HashMap<>();

        Comparing() {
            configuration.connections().forEach(connection -> {
                stored.put(connection.name(), connection);
                connectorOf.put(connection.name(), connection.connector());
            });
        }

        ConfigurationComparisonDto compare(ConfigurationInputDto input) {
            // Profiles last: they name the others.
            return new ConfigurationComparisonDto(
                    present(input.getMaps()).stream().map(this::map).toList(),
                    present(input.getConnections()).stream()
                            .map(this::connection)
                            .toList(),
                    present(input.getProfiles()).stream().map(this::profile).toList(),
                    present(input.getIdentification()).stream()
                            .map(rules -> identificationComparison.compare(rules, stored, connectorOf.keySet()))
                            .toList(),
                    present(input.getDestinations()).stream()
                            .map(destinationComparison::compare)
                            .toList());
        }

        private ComparedThingDto map(ConfigurationMapDto input) {
            Optional<Integer> version = Optional.ofNullable(input.getVersion());
            MapComparison.Compared compared = mapComparison.compare(input.getYaml(), version);
            compared.map()
                    .ifPresent(map -> sentMaps.computeIfAbsent(map.name(), name -> new HashMap<>())
                            .put(version, map));
            return compared.document();
        }

        private ComparedThingDto connection(ConnectionInputDto input) {
            try {
                Connector connector = catalogue.known(input.getConnector());
                String name = ConnectionRoutes.name(input);
                connectorOf.putIfAbsent(name, input.getConnector());
                Optional<SavedConnection> saved = Optional.ofNullable(stored.get(name));
                saved.ifPresent(connection -> ConnectionRoutes.checkSameConnector(connection, input));
                Optional<ConnectionSettings> settings =
                        saved.flatMap(connection -> configuration.settingsForRun(connection.id()));
                SettingsCheck.Accepted accepted =
                        new SettingsInput(connector, options.allowPlainHttp(), options.targets()).read(input, settings);
                if (saved.isEmpty() || settings.isEmpty()) {
                    return thing(ComparedThingDto.StateEnum.NEW).notices(accepted.notices());
                }
                List<FieldDifferenceDto> differences = new Differences()
                        .text("description", saved.get().description(), ConnectionRoutes.description(input))
                        .settings(settings.get(), accepted.settings())
                        .found();
                return thing(differences).id(saved.get().id()).notices(accepted.notices());
            } catch (ApiProblem unusable) {
                return thing(ComparedThingDto.StateEnum.UNUSABLE).problems(unusable.fields());
            }
        }

        private ComparedThingDto profile(ConfigurationProfileDto input) {
            try {
                String connector = Optional.ofNullable(connectorOf.get(input.getConnection()))
                        .orElseThrow(() -> ApiProblem.unusable(
                                "The profile cannot be saved",
                                List.of(new FieldProblemDto(
                                        "connection",
                                        "There is no connection \"" + input.getConnection()
                                                + "\", neither here nor on the server."))));
                ProfileDraft draft = new ProfileReading(
                                catalogue, name -> maps.shipped(name).isPresent(), this::find)
                        .read(input.getProfile(), connector);
                Optional<Profile> saved = Optional.ofNullable(stored.get(input.getConnection()))
                        .flatMap(connection -> configuration.profiles(OptionalInt.of(connection.id())).stream()
                                .filter(profile -> profile.name().equals(draft.name()))
                                .findFirst());
                return saved.map(profile -> thing(differences(profile, draft)).id(profile.id()))
                        .orElseGet(() -> thing(ComparedThingDto.StateEnum.NEW));
            } catch (ApiProblem unusable) {
                return thing(ComparedThingDto.StateEnum.UNUSABLE).problems(unusable.fields());
            }
        }

        /** What is stored, as it will be with the maps of this request. */
        private Optional<TransformMap> find(String name, Optional<Integer> version) {
            Map<Optional<Integer>, TransformMap> sent = sentMaps.getOrDefault(name, Map.of());
            return sent.entrySet().stream()
                    .filter(entry -> version.isEmpty()
                            || entry.getKey().isEmpty()
                            || entry.getKey().equals(version))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .or(() -> maps.find(name, version).map(TransformMaps.Found::map));
        }
    }

    private static List<FieldDifferenceDto> differences(Profile saved, ProfileDraft draft) {
        return new Differences()
                .text("description", saved.description(), draft.description())
                .text("transformMap", saved.transformMap(), draft.transformMap())
                .value("transformMapVersion", saved.transformMapVersion(), draft.transformMapVersion())
                .value("active", Optional.of(saved.active()), Optional.of(draft.active()))
                .schedule(saved.schedule(), draft.schedule())
                .found();
    }

    private static ComparedThingDto thing(List<FieldDifferenceDto> differences) {
        return thing(differences.isEmpty() ? ComparedThingDto.StateEnum.SAME : ComparedThingDto.StateEnum.DIFFERENT)
                .changes(differences);
    }

    private static ComparedThingDto thing(ComparedThingDto.StateEnum state) {
        return new ComparedThingDto(state, List.of(), List.of(), List.of());
    }

    private static <T> List<T> present(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}

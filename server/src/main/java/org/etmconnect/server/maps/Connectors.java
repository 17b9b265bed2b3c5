// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.Connector;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.server.connections.ConnectorCatalogue;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.transform.TransformMap;
import org.springframework.stereotype.Component;

/** Which connector a connection or a map belongs to. Safe for use by several threads. */
@Component
final class Connectors {

    private final ConfigurationStore configuration;
    private final ConnectorCatalogue catalogue;

    Connectors(ConfigurationStore configuration, ConnectorCatalogue catalogue) {
        this.configuration = configuration;
        this.catalogue = catalogue;
    }

    SavedConnection connection(int id) {
        return configuration
                .connection(id)
                .orElseThrow(() ->
                        ApiProblem.notFound("connection " + id, "GET /api/v1/connections lists those there are."));
    }

    List<SavedConnection> connections() {
        return configuration.connections();
    }

    /** The connector with this source model, if it is installed. */
    Optional<Connector> withModel(String name) {
        return catalogue.all().stream()
                .filter(connector -> connector.sourceModel().name().equals(name))
                .findFirst();
    }

    Connector of(SavedConnection connection) {
        return catalogue
                .find(connection.connector())
                .orElseThrow(() -> ApiProblem.conflict(
                        "This server has no connector " + connection.connector(),
                        "Install it: connection \"" + connection.name() + "\" needs it."));
    }

    /** The connector of {@code connection}, whose records {@code map} reads. */
    Connector of(SavedConnection connection, TransformMap map) {
        Connector connector = of(connection);
        if (!connector.sourceModel().name().equals(map.source())) {
            throw ApiProblem.unusable(
                    "The map does not fit the connection",
                    List.of(new FieldProblemDto(
                            "connectionId",
                            "The map reads \"" + map.source() + "\", but connection \"" + connection.name()
                                    + "\" brings \"" + connector.sourceModel().name() + "\".")));
        }
        return connector;
    }
}

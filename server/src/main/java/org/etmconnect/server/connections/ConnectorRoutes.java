// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.Comparator;
import java.util.List;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.ConnectorDescriptor;
import org.etmconnect.connector.FindingType;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ConnectorsApi;
import org.etmconnect.server.rest.model.ConnectorDto;
import org.etmconnect.server.rest.model.ConnectorListDto;
import org.etmconnect.server.rest.model.FindingTypeDto;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ConnectorRoutes implements ConnectorsApi {

    private final ConnectorCatalogue catalogue;

    ConnectorRoutes(ConnectorCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public ResponseEntity<ConnectorListDto> listConnectors() {
        return ResponseEntity.ok(new ConnectorListDto(
                catalogue.all().stream().map(ConnectorRoutes::document).toList()));
    }

    @Override
    public ResponseEntity<ConnectorDto> getConnector(String connectorId) {
        return ResponseEntity.ok(catalogue
                .find(connectorId)
                .map(ConnectorRoutes::document)
                .orElseThrow(() -> ApiProblem.notFound(
                        "connector \"" + connectorId + "\"", "GET /api/v1/connectors lists those there are.")));
    }

    private static ConnectorDto document(Connector connector) {
        ConnectorDescriptor descriptor = connector.descriptor();
        return new ConnectorDto(
                descriptor.id(),
                descriptor.vendor(),
                descriptor.product(),
                descriptor.category(),
                descriptor.assetTypes(),
                findingTypes(descriptor.findingTypes()),
                descriptor.version(),
                descriptor.integrationMethod(),
                descriptor.direction(),
                descriptor.incrementalSync(),
                descriptor.authFields().stream().map(SettingsDocuments::field).toList(),
                descriptor.setupSteps(),
                ConnectorCatalogue.transformMaps(connector));
    }

    static List<FindingTypeDto> findingTypes(java.util.Collection<FindingType> types) {
        return types.stream()
                .sorted(Comparator.naturalOrder())
                .map(type -> FindingTypeDto.valueOf(type.name()))
                .toList();
    }
}

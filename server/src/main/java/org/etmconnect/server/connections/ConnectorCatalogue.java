// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.etmconnect.connector.Connector;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The connectors on the class path. Immutable and safe for use by several threads. */
public final class ConnectorCatalogue {

    private final List<Connector> connectors;

    private ConnectorCatalogue(List<Connector> connectors) {
        this.connectors = connectors;
    }

    /** All connectors that {@link ServiceLoader} finds. */
    public static ConnectorCatalogue ofInstalled() {
        return new ConnectorCatalogue(ServiceLoader.load(Connector.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(connector -> connector.descriptor().product()))
                .toList());
    }

    /** By product name. */
    public List<Connector> all() {
        return connectors;
    }

    /** The connector with this id, if it is installed. */
    public Optional<Connector> find(String id) {
        return connectors.stream()
                .filter(connector -> connector.descriptor().id().equals(id))
                .findFirst();
    }

    /** The connector with this id; a problem of the field {@code connector} if it is not installed. */
    Connector known(String id) {
        return find(id).orElseThrow(() -> ApiProblem.unusable(
                "There is no connector \"" + id + "\"",
                List.of(new FieldProblemDto(
                        "connector",
                        "This server has: "
                                + String.join(
                                        ", ",
                                        connectors.stream()
                                                .map(each -> each.descriptor().id())
                                                .toList())
                                + "."))));
    }

    /** Names of the transform maps that {@code connector} ships, the default first. */
    static List<String> transformMaps(Connector connector) {
        return connector.defaultTransformMaps().stream()
                .map(text -> new Yaml(new SafeConstructor(new LoaderOptions())).<Map<String, Object>>load(text))
                .map(map -> String.valueOf(map.get("name")))
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A connector that only has the Cortex XDR connector's data model and default map; a preview asks for nothing else. */
final class ConnectorStub {

    private static final String FOLDER = "/org/etmconnect/cortexxdr/";

    private ConnectorStub() {}

    static List<Connector> only() {
        return List.of((Connector) Proxy.newProxyInstance(
                ConnectorStub.class.getClassLoader(),
                new Class<?>[] {Connector.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "sourceModel" -> model();
                    case "defaultTransformMaps" -> List.of(text("default-transform-map.yaml"));
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    private static DataModel model() {
        JsonNode root = JsonMapper.shared().readTree(text("source-model.json"));
        return new DataModel(
                root.path("name").asString(), root.path("description").asString(""), fields(root));
    }

    private static List<Field> fields(JsonNode parent) {
        return parent.path("fields")
                .valueStream()
                .map(node -> new Field(
                        node.path("name").asString(),
                        FieldType.valueOf(node.path("type").asString()),
                        node.path("list").asBoolean(false),
                        node.path("description").asString(""),
                        Optional.empty(),
                        fields(node),
                        node.path("open").asBoolean(false),
                        node.path("identifier").asBoolean(false),
                        Optional.empty()))
                .toList();
    }

    private static String text(String name) {
        try (InputStream in = requireNonNull(Connector.class.getResourceAsStream(FOLDER + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name, e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import tools.jackson.databind.JsonNode;

/** Reads a data model from its JSON resource. What a field leaves out is false or empty. */
final class SourceModelReader {

    private SourceModelReader() {}

    static DataModel read(JsonNode model) {
        return new DataModel(
                text(model, "name"),
                text(model, "description"),
                fields(model),
                model.path("open").asBoolean(false));
    }

    private static List<Field> fields(JsonNode parent) {
        return StreamSupport.stream(parent.path("fields").spliterator(), false)
                .map(SourceModelReader::field)
                .toList();
    }

    private static Field field(JsonNode field) {
        return new Field(
                text(field, "name"),
                FieldType.valueOf(text(field, "type")),
                field.path("list").asBoolean(false),
                text(field, "description"),
                Optional.ofNullable(field.get("example")).map(JsonNode::asString),
                fields(field),
                field.path("open").asBoolean(false),
                field.path("identifier").asBoolean(false),
                Optional.empty(),
                field.path("values").valueStream().map(JsonNode::asString).toList());
    }

    private static String text(JsonNode node, String name) {
        return node.required(name).asString();
    }
}

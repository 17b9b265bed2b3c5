// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.inventory.runs.RunShapes;

/**
 * The source models with the fields that runs saw beside those that are documented. What was seen once stays, so that a
 * map that reads it fits for good. Safe for use by several threads.
 */
public final class SeenFields {

    private static final String DESCRIPTION = "Not documented; a run saw it.";

    private final RunShapes shapes;

    public SeenFields(DataSource database) {
        this.shapes = new RunShapes(database);
    }

    /** The connector's source model with what runs of its connections saw. */
    public DataModel model(Connector connector) {
        DataModel model = connector.sourceModel();
        Map<String, FieldShape> seen = new TreeMap<>();
        for (String shape : shapes.newest(connector.descriptor().id())) {
            Shape.parse(shape)
                    .streams()
                    .values()
                    .forEach(stream -> stream.fields().forEach((path, field) -> {
                        if (!stream.usedUp().contains(path)) {
                            seen.merge(path, field, (one, other) -> other.filled() > one.filled() ? other : one);
                        }
                    }));
        }
        return new DataModel(model.name(), model.description(), with(model.fields(), "", seen), model.open());
    }

    private static List<Field> with(List<Field> fields, String prefix, Map<String, FieldShape> seen) {
        List<Field> all = new ArrayList<>();
        for (Field field : fields) {
            List<Field> inner = with(field.fields(), prefix + field.name() + (field.list() ? "[]." : "."), seen);
            all.add(inner.equals(field.fields()) ? field : field.withFields(inner));
        }
        Map<String, FieldShape> further = new LinkedHashMap<>();
        seen.forEach((path, shape) -> {
            String name = path.startsWith(prefix) ? path.substring(prefix.length()) : "";
            if (!name.isEmpty()
                    && name.matches("[A-Za-z_][A-Za-z0-9_-]*")
                    && fields.stream().noneMatch(field -> field.name().equals(name))) {
                further.put(name, shape);
            }
        });
        further.forEach((name, shape) -> all.add(undocumented(name, prefix, shape, seen)));
        return all;
    }

    private static Field undocumented(String name, String prefix, FieldShape shape, Map<String, FieldShape> seen) {
        Kind kind = shape.kind();
        return new Field(
                name,
                kind.type(),
                kind.list(),
                DESCRIPTION,
                Optional.of(shape.example()).filter(example -> !example.isEmpty()),
                with(List.of(), prefix + name + (kind.list() ? "[]." : "."), seen),
                kind.type() == FieldType.OBJECT,
                false,
                Optional.empty());
    }
}

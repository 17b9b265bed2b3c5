// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Optional;

/**
 * A named, typed tree of fields: a source, or the target of a transform map.
 *
 * @param name unique among the models, e.g. {@code Cortex XDR Endpoint}
 * @param description one or two sentences
 * @param fields the fields of the document's root
 * @param open whether the document may have fields beyond them
 */
public record DataModel(String name, String description, List<Field> fields, boolean open) {

    public DataModel {
        fields = List.copyOf(fields);
    }

    /** A model that names all fields. */
    public DataModel(String name, String description, List<Field> fields) {
        this(name, description, fields, false);
    }

    /** The field of the root called {@code name}, if there is one. */
    public Optional<Field> field(String fieldName) {
        return fields.stream().filter(field -> field.name().equals(fieldName)).findFirst();
    }
}

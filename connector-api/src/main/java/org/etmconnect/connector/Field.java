// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Optional;

/**
 * One field of a data model.
 *
 * @param name as it stands in the document, e.g. {@code endpoint_name}
 * @param type type of the value, or of each element if {@code list}
 * @param list whether it holds any number of values
 * @param description one sentence
 * @param example a value as the vendor writes it, if one is known
 * @param fields the fields of an {@link FieldType#OBJECT}; else empty
 * @param open whether an object takes names beyond {@code fields}
 * @param identifier whether its value identifies the element it belongs to
 * @param sameValueAs for a field of a list's element: the field whose value names the same thing, so that elements that
 *     agree on one of them are one element; empty for most fields
 * @param values of an enumeration, the values that are documented; empty for other fields
 */
public record Field(
        String name,
        FieldType type,
        boolean list,
        String description,
        Optional<String> example,
        List<Field> fields,
        boolean open,
        boolean identifier,
        Optional<String> sameValueAs,
        List<String> values) {

    public Field {
        fields = List.copyOf(fields);
        values = List.copyOf(values);
    }

    /** A field that is no enumeration. */
    public Field(
            String name,
            FieldType type,
            boolean list,
            String description,
            Optional<String> example,
            List<Field> fields,
            boolean open,
            boolean identifier,
            Optional<String> sameValueAs) {
        this(name, type, list, description, example, fields, open, identifier, sameValueAs, List.of());
    }

    /** The same with other fields in it. */
    public Field withFields(List<Field> others) {
        return new Field(name, type, list, description, example, others, open, identifier, sameValueAs, values);
    }

    /** The field called {@code name} within this object, if there is one. */
    public Optional<Field> field(String childName) {
        return fields.stream().filter(child -> child.name().equals(childName)).findFirst();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;

/**
 * A row whose paths have been found in their models.
 *
 * @param number from 1
 * @param sourceFields the model's field for each segment of {@code source}; empty where the name is beyond the model
 * @param targetFields likewise for {@code target}
 */
record BoundRow(
        int number,
        MapRow row,
        Path source,
        Path target,
        List<Optional<Field>> sourceFields,
        List<Optional<Field>> targetFields) {

    /** Whether segment {@code at} of the source holds many values: written with {@code []}, or a list at the end. */
    boolean sourceIsListAt(int at) {
        return source.get(at).each()
                || (at == source.size() - 1
                        && sourceFields.get(at).map(Field::list).orElse(false));
    }

    Optional<Field> sourceLeaf() {
        return sourceFields.getLast();
    }

    Optional<Field> targetLeaf() {
        return targetFields.getLast();
    }

    /** Whether it goes through the target's array {@code name}, a field of the root. */
    boolean goesInto(String name) {
        return target.get(0).name().equals(name);
    }

    /** The name of the CEL type of the object that holds source segment {@code at}. */
    String sourceOwner(int at) {
        StringBuilder owner = new StringBuilder("Record");
        for (int i = 0; i < at; i++) {
            owner.append('.').append(source.get(i).name());
        }
        return owner.toString();
    }

    static boolean isArrayOfObjects(Field field) {
        return field.list() && field.type() == FieldType.OBJECT;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;

/** Finds the name that somebody probably meant. */
public final class Names {

    private Names() {}

    /** The nearest of {@code names}, if one is near enough to be meant; of two equally near ones the first. */
    public static Optional<String> nearest(String name, Collection<String> names) {
        String wanted = name.toLowerCase(Locale.ROOT);
        int limit = Math.max(2, name.length() / 3);
        Optional<String> best = Optional.empty();
        for (String candidate : names) {
            int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT), limit);
            if (distance <= limit) {
                best = Optional.of(candidate);
                limit = distance - 1;
            }
        }
        return best;
    }

    /** Paths of all fields that hold a value. */
    static List<String> leafPaths(DataModel model) {
        List<String> paths = new ArrayList<>();
        collect("", model.fields(), paths);
        return paths;
    }

    private static void collect(String prefix, List<Field> fields, List<String> paths) {
        for (Field field : fields) {
            String path = prefix + field.name();
            if (field.type() == FieldType.OBJECT) {
                collect(path + (field.list() ? "[]." : "."), field.fields(), paths);
            } else {
                paths.add(path);
            }
        }
    }

    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                current[j] = Math.min(previous[j - 1] + change, Math.min(previous[j], current[j - 1]) + 1);
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One document of a configuration file.
 *
 * @param owner the connection's name, if it is a profile
 * @param file as the person named it
 * @param line where it begins, from 1
 * @param body as the server takes it, credentials included
 * @param lines where each field stands, by its path
 * @param textLines for a map: the file's line of each line of its text
 * @param absent credentials whose variable is not set, so that the stored ones stay
 */
record ConfigurationDocument(
        DocumentKind kind,
        String name,
        Optional<String> owner,
        String file,
        int line,
        ObjectNode body,
        Map<String, Integer> lines,
        List<Integer> textLines,
        List<AbsentCredential> absent) {

    /**
     * A credential whose variable is not set.
     *
     * @param field its path, e.g. {@code secrets.apiKey}
     */
    record AbsentCredential(String field, String variable, int line) {}

    ConfigurationDocument {
        lines = Map.copyOf(lines);
        textLines = List.copyOf(textLines);
        absent = List.copyOf(absent);
    }

    /** What it is called in messages. */
    String title() {
        return owner.map(connection -> connection + " / ").orElse("") + name;
    }

    /** The line of a field as the server names it; if it is not written, that of what it would be in. */
    int lineOf(String field) {
        for (String prefix : List.of("", "values.", "secrets.", "network.")) {
            Integer found = lines.get(prefix + field);
            if (found != null) {
                return found;
            }
        }
        int parent = Math.max(field.lastIndexOf('.'), field.lastIndexOf('['));
        return parent < 0 ? line : lineOf(field.substring(0, parent));
    }

    String place(int lineOfFile) {
        return file + ":" + lineOfFile;
    }
}

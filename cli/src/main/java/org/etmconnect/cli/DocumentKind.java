// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a configuration file can describe, in the order in which it is applied: each names only things of those before it.
 */
enum DocumentKind {
    TransformMap("maps", "map"),
    Connection("connections", "connection"),
    IdentificationRules("identification", "identification"),
    Profile("profiles", "profile"),
    Destination("destinations", "destination");

    private final String listName;
    private final String filePrefix;

    DocumentKind(String listName, String filePrefix) {
        this.listName = listName;
        this.filePrefix = filePrefix;
    }

    /** What the server calls a list of them in a comparison. */
    String listName() {
        return listName;
    }

    /** How the names of files with them begin. */
    String filePrefix() {
        return filePrefix;
    }

    static Optional<DocumentKind> of(String name) {
        return Arrays.stream(values()).filter(kind -> kind.name().equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(DocumentKind::name).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

/** The text form of a transform map. Stateless. */
@SuppressWarnings("DoNotCallSuggester")
public final class MapYaml {

    private MapYaml() {}

    /**
     * Reads a map. Never throws for what the text says: unknown keys, wrong types and broken YAML are problems with line and
     * column.
     *
     * @param yaml at most 1 MiB of text
     */
    public static MapReading read(String yaml) {
        throw new UnsupportedOperationException(yaml);
    }

    /** Writes a map so that {@link #read} gives an equal one. */
    public static String write(TransformMap map) {
        throw new UnsupportedOperationException(map.name());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.maps;

/** What came of saving a further version of a transform map. */
public sealed interface MapSave {

    /** It is the newest version now. */
    record Saved(MapVersion version) implements MapSave {}

    /** There is no such map. */
    record Missing() implements MapSave {}

    /**
     * Somebody saved another version since; nothing was saved.
     *
     * @param latest the newest version there is
     */
    record Outdated(MapVersion latest) implements MapSave {}
}

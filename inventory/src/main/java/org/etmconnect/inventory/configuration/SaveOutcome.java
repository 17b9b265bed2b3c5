// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

/** What came of storing a connection. */
public sealed interface SaveOutcome {

    /** It is stored. */
    record Saved(SavedConnection connection) implements SaveOutcome {}

    /** Another connection has that name. Nothing was stored. */
    record NameTaken(String name) implements SaveOutcome {}

    /** There is no connection with that id, perhaps no longer. */
    record Missing(int connectionId) implements SaveOutcome {}
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

/** What came of deleting a connection. */
public sealed interface DeleteOutcome {

    /** It is gone, with its credentials, profiles and runs. */
    record Deleted() implements DeleteOutcome {}

    /** There is no connection with that id. */
    record Missing() implements DeleteOutcome {}

    /** A run of it is queued or under way. Nothing was deleted. */
    record Running(int runId) implements DeleteOutcome {}

    /** The inventory holds what it brought, which would lose its origin. Nothing was deleted. */
    record InInventory(long sourceRecords) implements DeleteOutcome {}
}

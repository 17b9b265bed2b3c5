// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

/** What came of storing or deleting a profile. */
public sealed interface ProfileOutcome {

    /** It is stored. */
    record Saved(Profile profile) implements ProfileOutcome {}

    /** It is gone; its runs stay. */
    record Deleted() implements ProfileOutcome {}

    /** Another profile of the connection has that name. Nothing was stored. */
    record NameTaken(String name) implements ProfileOutcome {}

    /** There is no such profile, or no such connection for it, perhaps no longer. */
    record Missing() implements ProfileOutcome {}

    /** A run of it is queued or under way. Nothing was deleted. */
    record Running(int runId) implements ProfileOutcome {}
}

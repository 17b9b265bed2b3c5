// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

/** What the time of a run goes into, in the order of its way. */
public enum RunStage {
    /** Asking the vendor. */
    FETCH,
    /** Proving that everything was fetched. */
    SEAL,
    /** Turning vulnerabilities with their hosts into hosts with their vulnerabilities. */
    JOIN,
    /** Reading hosts and applying the transform map, as far as writing waits for it. */
    TRANSFORM,
    /** Deciding which asset a new record belongs to. */
    IDENTIFY,
    /** Writing into the inventory. */
    APPLY,
    /** Retiring what is gone. */
    CLOSE
}

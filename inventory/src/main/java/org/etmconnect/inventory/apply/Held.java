// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.time.Instant;
import java.util.Optional;

/**
 * What a run did not find any more, and did not close because it was so much.
 *
 * @param runId the run
 * @param state what became of it
 * @param findings how many findings would be fixed, those of the hosts included
 * @param ofFindings how many were open before the run
 * @param hosts how many hosts would be retired
 * @param ofHosts how many there were before the run
 * @param decidedBy who confirmed or rejected
 * @param decidedAt when
 */
public record Held(
        int runId,
        State state,
        long findings,
        long ofFindings,
        long hosts,
        long ofHosts,
        Optional<String> decidedBy,
        Optional<Instant> decidedAt) {

    /** What became of held closures. */
    public enum State {
        /** They wait for a Manager's word. */
        HELD,
        /** They were closed. */
        CONFIRMED,
        /** They stay open. */
        REJECTED,
        /** A later run of the connection looked again. */
        SUPERSEDED
    }
}

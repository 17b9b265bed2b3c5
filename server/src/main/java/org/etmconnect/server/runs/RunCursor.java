// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.runs;

import java.util.Optional;
import org.etmconnect.server.problem.ApiProblem;
import org.jspecify.annotations.Nullable;

/** Reads the cursors of lists that go by a number. */
final class RunCursor {

    private RunCursor() {}

    /** The number of the last thing of the page before; empty for the first page. */
    static Optional<Integer> of(@Nullable String cursor) {
        try {
            return Optional.ofNullable(cursor).map(Integer::valueOf);
        } catch (NumberFormatException foreign) {
            throw ApiProblem.badRequest(
                    "The cursor cannot be read",
                    "Pass nextCursor of the page before, unchanged; leave it out for the first.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What was asked could not be done. The message is for the person at the terminal: what, where, what next. */
final class CliFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<JsonNode> problem;

    CliFailure(String message) {
        super(message);
        this.problem = Optional.empty();
    }

    CliFailure(String message, Throwable cause) {
        super(message, cause);
        this.problem = Optional.empty();
    }

    CliFailure(String message, JsonNode problem) {
        super(message);
        this.problem = Optional.of(problem);
    }

    /** What the server said, if it refused something. */
    Optional<JsonNode> problem() {
        return problem;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import java.io.IOException;
import java.time.Duration;

/** The body of a request comes so slowly that it is not waited for. */
public final class BodyTooSlow extends IOException {

    private static final long serialVersionUID = 1;

    /** @param most how long it may take */
    public BodyTooSlow(Duration most) {
        super("It may take " + most.toSeconds() + " seconds to arrive. Send it again over a better line, or in parts.");
    }
}

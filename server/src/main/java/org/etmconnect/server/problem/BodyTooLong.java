// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import java.io.IOException;

/** The body of a request is longer than it may be. */
public final class BodyTooLong extends IOException {

    private static final long serialVersionUID = 1;

    private final long most;

    /** @param most how long it may be, in bytes */
    public BodyTooLong(long most) {
        super(detail(most));
        this.most = most;
    }

    /** What is said to the caller. */
    String detail() {
        return detail(most);
    }

    /** What is said to a caller who may send so many bytes. */
    public static String detail(long most) {
        return "It may have " + most / 1024 + " KiB. Send less at a time.";
    }
}

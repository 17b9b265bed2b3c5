// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

/** A query names a run or a time for which there is no answer. The searches turn it into an outcome. */
final class UnknownMoment extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    UnknownMoment(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** What is wrong with it and what to do. */
    String reason() {
        return reason;
    }
}

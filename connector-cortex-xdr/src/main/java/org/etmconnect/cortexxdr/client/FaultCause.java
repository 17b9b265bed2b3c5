// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import org.etmconnect.connector.FailureKind;

/** What can go wrong with a call, told apart as far as the answer lets it be, and what to do about it at once. */
public enum FaultCause {
    FORBIDDEN_TARGET(FailureKind.CONFIGURATION, Retry.NEVER),
    UNKNOWN_HOST(FailureKind.CONFIGURATION, Retry.BRIEFLY),
    UNREACHABLE(FailureKind.REMOTE_UNAVAILABLE, Retry.BACK_OFF),
    TIMED_OUT(FailureKind.REMOTE_UNAVAILABLE, Retry.BACK_OFF),
    CUT_OFF(FailureKind.REMOTE_UNAVAILABLE, Retry.BACK_OFF),
    TLS(FailureKind.CONFIGURATION, Retry.NEVER),
    PROXY(FailureKind.CONFIGURATION, Retry.NEVER),
    UNAUTHORIZED(FailureKind.AUTHENTICATION, Retry.SIGN_AGAIN),
    FORBIDDEN(FailureKind.PERMISSION, Retry.ONCE),
    NO_LICENCE(FailureKind.LICENCE, Retry.NEVER),
    NOT_FOUND(FailureKind.CONFIGURATION, Retry.NEVER),
    REDIRECTED(FailureKind.CONFIGURATION, Retry.NEVER),
    TOO_MANY_REQUESTS(FailureKind.RATE_LIMITED, Retry.BACK_OFF_LONG),
    TOO_MANY_QUERIES(FailureKind.RATE_LIMITED, Retry.WAIT_FOR_QUERIES),
    QUOTA_USED_UP(FailureKind.QUOTA_EXCEEDED, Retry.NEVER),
    BAD_QUERY(FailureKind.INTERNAL, Retry.NEVER),
    BAD_REQUEST(FailureKind.INTERNAL, Retry.NEVER),
    SERVER_ERROR(FailureKind.REMOTE_UNAVAILABLE, Retry.BACK_OFF),
    GATEWAY(FailureKind.REMOTE_UNAVAILABLE, Retry.BACK_OFF_LONG),
    UNREADABLE(FailureKind.BAD_DATA, Retry.BRIEFLY);

    /** Whether and how a call is tried again. */
    enum Retry {
        NEVER,
        /** Only an Advanced key can have gone stale; a Standard key that is refused once is refused for good. */
        SIGN_AGAIN,
        /** Roles take a moment to reach all of a tenant's servers. */
        ONCE,
        BRIEFLY,
        BACK_OFF,
        BACK_OFF_LONG,
        /** Until one of the queries that run has ended, which takes seconds to minutes. */
        WAIT_FOR_QUERIES
    }

    private final FailureKind kind;
    private final Retry retry;

    FaultCause(FailureKind kind, Retry retry) {
        this.kind = kind;
        this.retry = retry;
    }

    /** Who can mend it. */
    public FailureKind kind() {
        return kind;
    }

    Retry retry() {
        return retry;
    }
}

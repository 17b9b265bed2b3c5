// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/** What kind of thing went wrong, and so who can mend it. Stored with a run and with each failed check. */
public enum FailureKind {
    /** A setting is wrong: host, URL, certificate, proxy. */
    CONFIGURATION,
    /** The vendor refused the key, its id, its security level or its time stamp. */
    AUTHENTICATION,
    /** The key is right, its role is not enough. */
    PERMISSION,
    /** The vendor's licence or add-on is missing. */
    LICENCE,
    /** Too many requests, for longer than we wait. */
    RATE_LIMITED,
    /** A daily quota is used up. */
    QUOTA_EXCEEDED,
    /** The vendor, or the way to it, did not answer usefully. */
    REMOTE_UNAVAILABLE,
    /** The vendor answered something that cannot be read. */
    BAD_DATA,
    /** A fault of ours. */
    INTERNAL
}

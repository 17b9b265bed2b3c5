// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/** What a query lists. */
public enum Subject {
    /** Hosts. Finding tokens ask for hosts that have such a finding. */
    ASSET,
    /** Findings. Asset tokens ask for findings on such hosts. */
    FINDING
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

/** What findings are grouped by. */
public enum FindingGrouping {
    /** By CVE id; the group with most findings first. */
    CVE,
    /** By host; the one with most findings first. */
    ASSET,
    /** By severity, the highest first. */
    SEVERITY,
    /** By the name of the host's operating system; the one with most findings first. */
    OPERATING_SYSTEM
}

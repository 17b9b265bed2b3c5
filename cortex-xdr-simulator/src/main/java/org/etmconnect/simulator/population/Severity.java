// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

/** How bad a CVE is said to be; the names are those of the data set {@code va_cves}. */
public enum Severity {
    CRITICAL,
    HIGH,
    MEDIUM,
    LOW,
    INFORMATIONAL
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

/** How many open findings there are of each severity, from 5 (critical) to 1 (info), and without one. */
public record SeverityCounts(int critical, int high, int medium, int low, int info, int unrated) {

    /** All of them. */
    public int total() {
        return critical + high + medium + low + info + unrated;
    }
}

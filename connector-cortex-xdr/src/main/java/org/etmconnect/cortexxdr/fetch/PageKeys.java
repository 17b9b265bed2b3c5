// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.util.Locale;

/** The keys that pages are stored under: as text they sort like the tenant's list, what was read again comes last. */
final class PageKeys {

    static final String CVES = "all";
    private static final String REPAIR = "r";

    private PageKeys() {}

    static String window(long start) {
        return String.format(Locale.ROOT, "p%012d", start);
    }

    static String repair(int round, int gap, int page) {
        return String.format(Locale.ROOT, REPAIR + "%02d-%04d-%04d", round, gap, page);
    }

    static boolean isRepair(String key) {
        return key.startsWith(REPAIR);
    }

    static int repairRound(String key) {
        return Integer.parseInt(key.substring(REPAIR.length(), key.indexOf('-')));
    }

    static String lookup(int chunk) {
        return String.format(Locale.ROOT, "c%06d", chunk);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what a mistyped word probably meant. */
final class Nearest {

    private static final int LONGEST = 80;

    private Nearest() {}

    static Optional<String> of(String typed, Collection<String> candidates) {
        if (typed.isEmpty() || typed.length() > LONGEST) {
            return Optional.empty();
        }
        String wanted = typed.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = Math.max(1, typed.length() / 3) + 1;
        for (String candidate : candidates) {
            String name = candidate.toLowerCase(Locale.ROOT);
            int distance = distance(wanted, name);
            // "severity" for "finding.severity": the last part alone is a common slip
            int dot = name.lastIndexOf('.');
            if (dot > 0) {
                distance = Math.min(distance, distance(wanted, name.substring(dot + 1)));
            }
            if (wanted.length() >= 3 && name.startsWith(wanted)) {
                distance = Math.min(distance, 1);
            }
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The number of letters to insert, delete, replace or swap with the next. */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int best = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, beforeLast[j - 2] + 1);
                }
                row[j] = best;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}

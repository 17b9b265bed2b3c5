// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.util.Map;

/**
 * What one layout took in one repetition.
 *
 * @param loadBefore the machine's load average over one minute when the repetition began
 * @param copySeconds the first load up to its commit
 * @param indexSeconds the indexes made after it
 * @param findingsPerSecond over both
 * @param loadWalBytes write-ahead log of both
 * @param bytesPerFinding the findings' own tables with all their indexes
 * @param bytesByRelation the same, each by itself, in bytes
 * @param unchangedSeconds a second run that finds everything as it was
 * @param changeSeconds a run that finds one host in a hundred changed
 * @param pages milliseconds of each try by question, after the first load
 * @param pagesAfterChange the same after the changes
 * @param rowsInPages rows that the tries of a question returned, all together
 */
record Measurement(
        String layout,
        int repetition,
        double loadBefore,
        double copySeconds,
        double indexSeconds,
        double analyzeSeconds,
        double findingsPerSecond,
        long loadWalBytes,
        double bytesPerFinding,
        Map<String, Long> bytesByRelation,
        double unchangedSeconds,
        long unchangedWalBytes,
        double changeSeconds,
        long changeWalBytes,
        Map<String, double[]> pages,
        Map<String, double[]> pagesAfterChange,
        Map<String, Long> rowsInPages) {}

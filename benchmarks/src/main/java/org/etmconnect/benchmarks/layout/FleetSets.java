// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;

/**
 * A fleet's findings in memory, so that making them up is no part of what is measured. Source records and definitions
 * are numbered from 1; index 0 of the arrays is unused.
 */
final class FleetSets {

    private final int[][] open;
    private final byte[] severities;
    private final long findings;

    private FleetSets(int[][] open, byte[] severities) {
        this.open = open;
        this.severities = severities;
        long count = 0;
        for (int record = 1; record < open.length; record++) {
            count += open[record].length;
        }
        this.findings = count;
    }

    /** The simulator's fleet on its first day. */
    static FleetSets simulated(long seed, int endpoints, int cvesPerEndpoint) {
        PopulationDay day = Population.of(new PopulationSettings(seed, endpoints, cvesPerEndpoint))
                .day(0);
        int[][] open = new int[day.endpointCount() + 1][];
        open[0] = new int[0];
        for (int record = 1; record < open.length; record++) {
            int[] definitions = day.cvesOf(record - 1);
            for (int i = 0; i < definitions.length; i++) {
                definitions[i]++;
            }
            open[record] = definitions;
        }
        byte[] severities = new byte[day.cveCount() + 1];
        for (int definition = 1; definition < severities.length; definition++) {
            severities[definition] =
                    Surroundings.etmSeverity(day.cve(definition - 1).severity());
        }
        return new FleetSets(open, severities);
    }

    /** The same fleet after one host in {@code oneIn} lost two findings and got three that its neighbours have. */
    FleetSets withHostsChanged(long seed, int oneIn) {
        Random random = new Random(seed);
        int[][] changed = open.clone();
        int toChange = Math.max(1, records() / oneIn);
        BitSet done = new BitSet(open.length);
        int tries = 0;
        while (done.cardinality() < toChange && tries++ < 100 * open.length) {
            int record = 1 + random.nextInt(records());
            if (open[record].length >= 5 && !done.get(record)) {
                BitSet set = new BitSet(severities.length);
                Arrays.stream(open[record]).forEach(set::set);
                BitSet candidates = new BitSet(severities.length);
                for (int step = 1; candidates.cardinality() < 3 && step < records(); step++) {
                    Arrays.stream(open[1 + (record + step - 1) % records()])
                            .filter(definition -> !set.get(definition))
                            .forEach(candidates::set);
                }
                int[] fresh = candidates.stream().toArray();
                for (int lost = 0; lost < 2; lost++) {
                    int[] left = Arrays.stream(open[record]).filter(set::get).toArray();
                    set.clear(left[random.nextInt(left.length)]);
                }
                for (int gained = 0; gained < Math.min(3, fresh.length); gained++) {
                    int pick = gained + random.nextInt(fresh.length - gained);
                    int swap = fresh[pick];
                    fresh[pick] = fresh[gained];
                    fresh[gained] = swap;
                    set.set(swap);
                }
                changed[record] = set.stream().toArray();
                done.set(record);
            }
        }
        return new FleetSets(changed, severities);
    }

    /** The records whose sets differ from those of {@code before}. */
    int[] recordsDifferingFrom(FleetSets before) {
        BitSet differing = new BitSet(open.length);
        for (int record = 1; record < open.length; record++) {
            differing.set(record, !Arrays.equals(open[record], before.open[record]));
        }
        return differing.stream().toArray();
    }

    int records() {
        return open.length - 1;
    }

    int definitions() {
        return severities.length - 1;
    }

    long findings() {
        return findings;
    }

    byte severity(int definition) {
        return severities[definition];
    }

    /** The open definitions of a record, ascending; not to be written to. */
    int[] open(int record) {
        return open[record];
    }

    /** A hash of a record's set, which stands for the fingerprint that a sync keeps. */
    byte[] fingerprint(int record) {
        long low = 0xcbf29ce484222325L;
        long high = 0x9E3779B97F4A7C15L;
        for (int definition : open[record]) {
            low = (low ^ definition) * 0x100000001b3L;
            high = Long.rotateLeft(high ^ (definition * 0xC2B2AE3D27D4EB4FL), 31) * 0x9E3779B97F4A7C15L;
        }
        return java.nio.ByteBuffer.allocate(16).putLong(low).putLong(high).array();
    }

    /** For each definition the records that have it, ascending: what the join of a sync yields by itself. */
    int[][] inverted() {
        int[] counts = new int[severities.length];
        for (int record = 1; record < open.length; record++) {
            for (int definition : open[record]) {
                counts[definition]++;
            }
        }
        int[][] inverted = new int[severities.length][];
        for (int definition = 0; definition < inverted.length; definition++) {
            inverted[definition] = new int[counts[definition]];
        }
        int[] filled = new int[severities.length];
        for (int record = 1; record < open.length; record++) {
            for (int definition : open[record]) {
                inverted[definition][filled[definition]++] = record;
            }
        }
        return inverted;
    }
}

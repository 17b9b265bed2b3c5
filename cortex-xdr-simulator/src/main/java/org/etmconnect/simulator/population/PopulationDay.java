// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.function.IntConsumer;

/**
 * A population as it is on one day. Hosts are numbered by <em>rank</em>: their place, from 0, among the hosts of that
 * day in ascending order of endpoint id. Immutable; safe for use by several threads.
 */
public final class PopulationDay {

    private final Population population;
    private final int day;
    private final int[] slotOfRank;
    private final int[] traitsOfRank;
    private final int[][] ranksOfVersion;

    PopulationDay(Population population, int day) {
        this.population = population;
        this.day = day;
        Fleet fleet = population.fleet();
        int[] slots = new int[Math.max(16, population.settings().endpoints())];
        int[] traits = new int[slots.length];
        int count = 0;
        int versions = population.catalogue().versions.size();
        IntBuffer[] byVersion = new IntBuffer[versions];
        Arrays.setAll(byVersion, version -> new IntBuffer());
        for (int slot = 0; slot < fleet.slots(); slot++) {
            if (fleet.isLive(slot, day)) {
                if (count == slots.length) {
                    slots = Arrays.copyOf(slots, slots.length + slots.length / 8 + 8);
                    traits = Arrays.copyOf(traits, slots.length);
                }
                Fleet.State host = fleet.state(slot, day);
                byVersion[host.version()].add(count);
                traits[count] = host.traits();
                slots[count++] = slot;
            }
        }
        this.slotOfRank = Arrays.copyOf(slots, count);
        this.traitsOfRank = Arrays.copyOf(traits, count);
        this.ranksOfVersion = new int[versions][];
        Arrays.setAll(ranksOfVersion, version -> byVersion[version].toArray());
    }

    /** Which day this is, from 0. */
    public int number() {
        return day;
    }

    /** Number of hosts on this day. */
    public int endpointCount() {
        return slotOfRank.length;
    }

    /**
     * The host of that rank.
     *
     * @param rank 0 to {@code endpointCount() - 1}; throws {@link IndexOutOfBoundsException} outside that
     */
    public Endpoint endpoint(int rank) {
        return population.fleet().endpoint(slotOfRank[rank], day);
    }

    /** The id of the host of that rank, cheaper than its whole record. */
    public String endpointId(int rank) {
        return population.fleet().endpointId(slotOfRank[rank]);
    }

    /** The rank of the host with that id, or nothing if there is no such host on this day. */
    public OptionalInt rankOf(String endpointId) {
        int slot = population.fleet().slotOf(endpointId);
        int rank = slot < 0 ? -1 : Arrays.binarySearch(slotOfRank, slot);
        return rank < 0 ? OptionalInt.empty() : OptionalInt.of(rank);
    }

    /** The host name at that rank, cheaper than the whole record. */
    public String endpointName(int rank) {
        int slot = slotOfRank[rank];
        Fleet fleet = population.fleet();
        return fleet.name(
                slot,
                population.catalogue().versions.get(fleet.version(slot, day)).os());
    }

    /** The host name at that rank as the CVE data spells it, cheaper than the whole record. */
    public String nameInCveData(int rank) {
        int slot = slotOfRank[rank];
        Fleet fleet = population.fleet();
        OperatingSystem os =
                population.catalogue().versions.get(fleet.version(slot, day)).os();
        return fleet.nameInCveData(slot, os);
    }

    /** Number of CVEs, those without a host included. */
    public int cveCount() {
        return population.cveCount();
    }

    /**
     * The CVE of that index.
     *
     * @param index 0 to {@code cveCount() - 1}; throws {@link IndexOutOfBoundsException} outside that
     */
    public Cve cve(int index) {
        return population.cve(index, day);
    }

    /** The name of the CVE of that index, e.g. {@code CVE-2021-12345}, cheaper than its whole record. */
    public String cveName(int index) {
        return population.cveName(index);
    }

    /** The indices of the CVEs that the host of that rank has, ascending; a new array. */
    public int[] cvesOf(int rank) {
        IntBuffer buffer = new IntBuffer();
        population.collect(population.fleet().state(slotOfRank[rank], day), buffer);
        return buffer.toArray();
    }

    /**
     * Calls {@code consumer} with the rank of each host that has the CVE. Each host comes once; the ranks ascend
     * within one version of an operating system, not over all.
     *
     * @param cve 0 to {@code cveCount() - 1}; throws {@link IndexOutOfBoundsException} outside that
     */
    public void forEachAffectedHost(int cve, IntConsumer consumer) {
        Catalogue catalogue = population.catalogue();
        if (cve < 0 || cve >= catalogue.cveCount) {
            throw new IndexOutOfBoundsException("CVE " + cve + " of " + catalogue.cveCount);
        }
        if (cve >= catalogue.hostCves) {
            return;
        }
        long salt = population.cveSalt(cve);
        Fleet fleet = population.fleet();
        boolean ofSystem = cve < catalogue.systemCves;
        int number = ofSystem ? -1 : catalogue.applicationOf(cve);
        for (int v = 0; v < ranksOfVersion.length; v++) {
            Catalogue.Version version = catalogue.versions.get(v);
            int[] ranks = ranksOfVersion[v];
            if (ofSystem) {
                if (version.firstCve() <= cve && cve < version.endCve()) {
                    for (int rank : ranks) {
                        int traits = traitsOfRank[rank];
                        if (traits != 0 && Fleet.isOpen(fleet.bits(slotOfRank[rank]), traits, salt)) {
                            consumer.accept(rank);
                        }
                    }
                }
            } else if (catalogue.applications.get(number).runsOn(version.os().platform())) {
                long applicationSalt = population.applicationSalt(number);
                int popularity = catalogue.applications.get(number).popularity();
                for (int rank : ranks) {
                    int traits = traitsOfRank[rank];
                    if (traits != 0) {
                        long bits = fleet.bits(slotOfRank[rank]);
                        if (Fleet.runs(bits, applicationSalt, popularity) && Fleet.isOpen(bits, traits, salt)) {
                            consumer.accept(rank);
                        }
                    }
                }
            }
        }
    }
}

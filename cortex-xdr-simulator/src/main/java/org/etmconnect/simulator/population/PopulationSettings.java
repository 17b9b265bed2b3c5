// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.time.LocalDate;

/**
 * What a population is made from. Equal settings make equal populations, on every machine and in every release of
 * one version of this module.
 *
 * @param seed any number; another seed is another fleet
 * @param endpoints hosts on day 0, exactly; 0 to {@value #MOST_ENDPOINTS}
 * @param cvesPerEndpoint CVEs of a host on average over all hosts, those without any included; 0 to
 *     {@value #MOST_CVES_PER_ENDPOINT}. Met within a few percent
 * @param dayZero the calendar day (UTC) that day 0 stands for; only dates depend on it
 */
public record PopulationSettings(long seed, int endpoints, int cvesPerEndpoint, LocalDate dayZero) {

    /** Most hosts that a population can have. */
    public static final int MOST_ENDPOINTS = 500_000_000;

    /** Most CVEs a host can have on average. */
    public static final int MOST_CVES_PER_ENDPOINT = 20_000;

    /** The day that day 0 stands for unless told otherwise. */
    public static final LocalDate DEFAULT_DAY_ZERO = LocalDate.of(2026, 1, 5);

    /** Throws {@link IllegalArgumentException} if a number is out of its range. */
    public PopulationSettings {
        if (endpoints < 0 || endpoints > MOST_ENDPOINTS) {
            throw new IllegalArgumentException(
                    "endpoints is " + endpoints + "; give a number from 0 to " + MOST_ENDPOINTS);
        }
        if (cvesPerEndpoint < 0 || cvesPerEndpoint > MOST_CVES_PER_ENDPOINT) {
            throw new IllegalArgumentException(
                    "cvesPerEndpoint is " + cvesPerEndpoint + "; give a number from 0 to " + MOST_CVES_PER_ENDPOINT);
        }
    }

    /** Settings whose day 0 is {@link #DEFAULT_DAY_ZERO}. */
    public PopulationSettings(long seed, int endpoints, int cvesPerEndpoint) {
        this(seed, endpoints, cvesPerEndpoint, DEFAULT_DAY_ZERO);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import org.etmconnect.simulator.population.PopulationSettings;

/**
 * How a simulated tenant is set up. Start from {@link #of} and change single things with the {@code with} methods.
 *
 * @param population the fleet it shows
 * @param day the day it starts on
 * @param host the address it listens on
 * @param port the port it listens on; 0 for any free one
 * @param keys the keys it accepts
 * @param hostInsights whether there is vulnerability data
 * @param requestsPerSecond more requests than that in one second are answered with 429; empty for no limit
 * @param latency how long every request of the API takes at least
 * @param pendingPolls how often a query answers PENDING before it is done
 * @param dailyQuota units that queries may use up; each costs 0.004 and another unit for each 100,000 rows
 * @param textDatesInStreams whether streams show dates as text, as live tenants do, or as numbers
 * @param gzipOverGzip whether a stream that was asked for as gzip is packed a second time if the request accepts gzip
 * @param clock what the time is, when signatures are checked
 * @param tls if present the server speaks HTTPS with it
 * @param faults scripts injected at the start
 */
public record SimulatorSettings(
        PopulationSettings population,
        int day,
        String host,
        int port,
        List<ApiKey> keys,
        HostInsights hostInsights,
        OptionalInt requestsPerSecond,
        Duration latency,
        int pendingPolls,
        double dailyQuota,
        boolean textDatesInStreams,
        boolean gzipOverGzip,
        InstantSource clock,
        Optional<SSLContext> tls,
        List<FaultScript> faults) {

    /** The id of the key that {@link #of} sets up. */
    public static final String DEFAULT_KEY_ID = "1";

    /** The Standard key that {@link #of} sets up. It opens nothing but simulators. */
    public static final String DEFAULT_KEY = "simulator-key-that-opens-nothing-else";

    /** Keeps its own copies of the lists. */
    public SimulatorSettings {
        keys = List.copyOf(keys);
        faults = List.copyOf(faults);
    }

    /**
     * A tenant on day 0 on a free port of 127.0.0.1 with one Standard key, one PENDING before each result, and neither limits,
     * latency nor faults.
     */
    public static SimulatorSettings of(PopulationSettings population) {
        return new SimulatorSettings(
                population,
                0,
                "127.0.0.1",
                0,
                List.of(ApiKey.standard(DEFAULT_KEY_ID, DEFAULT_KEY)),
                HostInsights.ENABLED,
                OptionalInt.empty(),
                Duration.ZERO,
                1,
                1_000,
                true,
                true,
                InstantSource.system(),
                Optional.empty(),
                List.of());
    }

    /** The same tenant on another day. */
    public SimulatorSettings withDay(int day) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant on another address. */
    public SimulatorSettings withHost(String host) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant on another port; 0 for any free one. */
    public SimulatorSettings withPort(int port) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with these keys and no others. */
    public SimulatorSettings withKeys(List<ApiKey> keys) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with or without vulnerability data. */
    public SimulatorSettings withHostInsights(HostInsights hostInsights) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with a limit on requests per second. */
    public SimulatorSettings withRequestsPerSecond(int requestsPerSecond) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                OptionalInt.of(requestsPerSecond),
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant, slower. */
    public SimulatorSettings withLatency(Duration latency) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with queries that answer PENDING so often. */
    public SimulatorSettings withPendingPolls(int pendingPolls) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with another daily quota. */
    public SimulatorSettings withDailyQuota(double dailyQuota) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with dates as text in streams, or as numbers. */
    public SimulatorSettings withTextDatesInStreams(boolean textDatesInStreams) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with or without the second packing of streams. */
    public SimulatorSettings withGzipOverGzip(boolean gzipOverGzip) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant with another clock. */
    public SimulatorSettings withClock(InstantSource clock) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }

    /** The same tenant over HTTPS. */
    public SimulatorSettings withTls(SSLContext tls) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                Optional.of(tls),
                faults);
    }

    /** The same tenant with these fault scripts and no others. */
    public SimulatorSettings withFaults(List<FaultScript> faults) {
        return new SimulatorSettings(
                population,
                day,
                host,
                port,
                keys,
                hostInsights,
                requestsPerSecond,
                latency,
                pendingPolls,
                dailyQuota,
                textDatesInStreams,
                gzipOverGzip,
                clock,
                tls,
                faults);
    }
}

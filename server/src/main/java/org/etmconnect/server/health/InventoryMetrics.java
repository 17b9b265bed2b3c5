// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.etmconnect.inventory.Statistics;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.server.database.ConnectionPools;
import org.springframework.stereotype.Component;

/** The product's own metrics. They are read from the database when somebody looks, at most every few seconds. */
@Component
class InventoryMetrics {

    private static final Duration FRESH = Duration.ofSeconds(5);

    private final DataSource database;
    private final MultiGauge quotaLeft;
    private final MultiGauge eventsPending;
    private final MultiGauge eventsOldest;
    private final Map<RunState, Long> ended = new EnumMap<>(RunState.class);
    private final Map<Total, Long> totals = new HashMap<>();
    private Statistics latest;
    private long readAt;

    /** What only grows. Runs that are deleted must not make it shrink: that would look like a restart. */
    private record Total(String meter, String description, ToLongFunction<Statistics> value) {}

    private static final List<Total> TOTALS = List.of(
            new Total("etm.api.calls", "Requests spent on vendors", Statistics::apiCalls),
            new Total("etm.api.throttled", "Requests answered with 429 or its like", Statistics::throttled),
            new Total("etm.pages", "Pages stored in snapshots", Statistics::pages),
            new Total("etm.records", "Hosts read from snapshots", Statistics::records),
            new Total("etm.quarantined", "Rows, records and findings that could not be used", Statistics::quarantined),
            new Total(
                    "etm.answers.changed",
                    "Warnings that a vendor's answers are not as they were",
                    Statistics::warnings));

    InventoryMetrics(DataSource database, ConnectionPools pools, MeterRegistry registry) {
        this.database = database;
        this.latest = Statistics.read(database);
        this.readAt = System.nanoTime();
        keep(latest);
        pools.measure(registry);
        for (RunState state : RunState.values()) {
            if (state.ended()) {
                FunctionCounter.builder("etm.runs.ended", this, metrics -> metrics.ended(state))
                        .description("Runs that ended, by how")
                        .tag("state", state.name())
                        .register(registry);
            } else {
                Gauge.builder("etm.runs", this, metrics -> metrics.underWay(state))
                        .description("Runs that are not over; QUEUED is the depth of the queue")
                        .tag("state", state.name())
                        .register(registry);
            }
        }
        for (Total total : TOTALS) {
            FunctionCounter.builder(total.meter(), this, metrics -> metrics.total(total))
                    .description(total.description())
                    .register(registry);
        }
        Gauge.builder("etm.findings.open", this, metrics -> metrics.latest().openFindings())
                .description("Findings that are open")
                .register(registry);
        Gauge.builder("etm.database.size", this, metrics -> metrics.latest().databaseBytes())
                .description("Size of the database on disk")
                .baseUnit("bytes")
                .register(registry);
        quotaLeft = MultiGauge.builder("etm.quota.left")
                .description("What a vendor's quota has left, in its units, as last said")
                .register(registry);
        eventsPending = MultiGauge.builder("etm.events.pending")
                .description("Change events that a destination is still to be told")
                .register(registry);
        eventsOldest = MultiGauge.builder("etm.events.oldest")
                .description("How long the oldest of them has waited")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Reads the numbers anew, unless that was done just now. */
    synchronized void refresh() {
        if (System.nanoTime() - readAt > FRESH.toNanos()) {
            latest = Statistics.read(database);
            keep(latest);
            readAt = System.nanoTime();
        }
        quotaLeft.register(
                latest.quotaLeft().entrySet().stream()
                        .map(left -> MultiGauge.Row.of(
                                Tags.of("connection", Integer.toString(left.getKey())), left.getValue()))
                        .toList(),
                true);
        registerPending();
    }

    private void registerPending() {
        eventsPending.register(rows(Statistics.Pending::events), true);
        eventsOldest.register(rows(Statistics.Pending::oldestSeconds), true);
    }

    private List<MultiGauge.Row<?>> rows(Function<Statistics.Pending, Number> value) {
        return latest.pending().entrySet().stream()
                .<MultiGauge.Row<?>>map(pending -> MultiGauge.Row.of(
                        Tags.of("destination", Integer.toString(pending.getKey())), value.apply(pending.getValue())))
                .toList();
    }

    private void keep(Statistics statistics) {
        TOTALS.forEach(total -> totals.merge(total, total.value().applyAsLong(statistics), Math::max));
        statistics.runs().forEach((state, count) -> ended.merge(state, count, Math::max));
    }

    private synchronized Statistics latest() {
        return latest;
    }

    private synchronized double total(Total total) {
        return totals.getOrDefault(total, 0L);
    }

    private synchronized double ended(RunState state) {
        return ended.getOrDefault(state, 0L);
    }

    private synchronized double underWay(RunState state) {
        return latest.runs().getOrDefault(state, 0L);
    }
}

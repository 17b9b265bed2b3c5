// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.apply.AssetSplits;
import org.etmconnect.inventory.apply.Held;
import org.etmconnect.inventory.apply.HeldClosures;
import org.etmconnect.inventory.apply.Reidentification;
import org.etmconnect.inventory.apply.Restatement;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.identification.IdentificationRule;

/** Whatever happens to the inventory: who follows its events knows what is open in it. */
class EventReplayTest {

    private static InventoryUnderTest inventory;

    /** Something that happens. */
    sealed interface Step {
        /** A run of a connection; {@code hosts} are bits, of each host and of its findings. */
        record Sync(int connection, int hosts, int findings, boolean sealed) implements Step {}

        /** Held closures are confirmed, or rejected. */
        record Decide(boolean confirm) implements Step {}

        record Split(int which) implements Step {}

        record Undo(int which) implements Step {}

        record Reidentify(boolean byName) implements Step {}

        /** Events are delivered; after so many requests one is taken whose answer is lost. */
        record Deliver(int lost) implements Step {}

        record Restate() implements Step {}
    }

    @BeforeContainer
    static void start() {
        inventory = new InventoryUnderTest();
    }

    @AfterContainer
    static void stop() {
        inventory.close();
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Integer> bits = Arbitraries.integers().between(0, 255);
        Arbitrary<Step> sync = net.jqwik.api.Combinators.combine(
                        Arbitraries.integers().between(1, 2),
                        bits,
                        Arbitraries.integers().between(0, (1 << 16) - 1),
                        Arbitraries.frequency(net.jqwik.api.Tuple.of(4, true), net.jqwik.api.Tuple.of(1, false)))
                .as(Step.Sync::new);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(8, sync),
                        net.jqwik.api.Tuple.of(1, Arbitraries.of(true, false).map(Step.Decide::new)),
                        net.jqwik.api.Tuple.of(2, bits.map(Step.Split::new)),
                        net.jqwik.api.Tuple.of(1, bits.map(Step.Undo::new)),
                        net.jqwik.api.Tuple.of(2, Arbitraries.of(true, false).map(Step.Reidentify::new)),
                        net.jqwik.api.Tuple.of(
                                3, Arbitraries.integers().between(0, 5).map(Step.Deliver::new)),
                        net.jqwik.api.Tuple.of(1, Arbitraries.create(Step.Restate::new)))
                .list()
                .ofMinSize(3)
                .ofMaxSize(12);
    }

    @Property(tries = 20, shrinking = ShrinkingMode.BOUNDED)
    void whoFollowsTheEventsKnowsWhatIsOpen(@ForAll("histories") List<Step> history, @ForAll Random random) {
        inventory.empty();
        inventory.execute("update connection set hold_percent = 50, hold_at_least = 4 where connection_id = 2");
        destination();
        Receiver receiver = new Receiver();
        Optional<Held> held = Optional.empty();
        for (Step step : history) {
            switch (step) {
                case Step.Sync(int connection, int hosts, int findings, boolean sealed) ->
                    held = inventory
                            .run(connection, hosts(connection, hosts, findings), sealed)
                            .or(() -> Optional.empty());
                case Step.Decide(boolean confirm) -> {
                    HeldClosures closures = new HeldClosures(inventory.database(), Clock.systemUTC());
                    held.ifPresent(each -> {
                        if (confirm) {
                            closures.confirm(each.runId(), "mira");
                        } else {
                            closures.reject(each.runId(), "mira");
                        }
                    });
                }
                case Step.Split(int which) -> split(which);
                case Step.Undo(int which) -> {
                    AssetSplits splits = new AssetSplits(inventory.database(), Clock.systemUTC());
                    splits.list(Optional.empty(), 1 + which % 3).stream()
                            .reduce((one, other) -> other)
                            .ifPresent(split -> splits.undo(split.id(), "mira"));
                }
                case Step.Reidentify(boolean byName) -> reidentify(byName);
                case Step.Deliver(int lost) -> deliver(receiver, lost);
                case Step.Restate() ->
                    Transaction.run(inventory.database(), "restate", connection -> {
                        Restatement.write(connection, 1);
                        return true;
                    });
            }
        }
        deliver(receiver, Integer.MAX_VALUE);
        assertThat(inventory.text("select count(*) from change_event")).isEqualTo("0");
        assertThat(receiver.follower.state()).isEqualTo(Follower.state(inventory));
        assertThat(receiver.shuffled(random).state())
                .as("each asset on its own")
                .isEqualTo(Follower.state(inventory));
    }

    private static Map<String, Host> hosts(int connection, int which, int findings) {
        Map<String, Host> hosts = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            if ((which >> i & 1) == 1) {
                java.util.Set<String> cves = new java.util.TreeSet<>();
                for (int cve = 0; cve < 4; cve++) {
                    if ((findings >> (4 * i + cve) & 1) == 1) {
                        cves.add("CVE-" + cve);
                    }
                }
                // the other connection knows the same hosts by its own keys; sometimes two of them by one name
                String name = "host-" + ((which >> 4 & 3) == 3 ? i / 2 : i);
                hosts.put(connection + "-ep-" + i, new Host(name, cves));
            }
        }
        return hosts;
    }

    private static void destination() {
        inventory.execute("""
                insert into destination (name, kind, field_values, network, active, after_runs, seen_run, created_at, events)
                values ('Events', 'test', '{}', '{}', true, false, now(), now(), '{INVENTORY,RUNS}')""");
    }

    private static void split(int which) {
        String several = inventory.text("""
                select coalesce(string_agg(asset_id || ':' || records, ' ' order by asset_id), '') from (
                    select asset_id, string_agg(source_record_id::text, ',' order by source_record_id) as records
                    from source_record group by asset_id having count(*) > 1) s""");
        if (several.isEmpty()) {
            return;
        }
        String[] assets = several.split(" ");
        String[] asset = assets[which % assets.length].split("[:,]");
        new AssetSplits(inventory.database(), Clock.systemUTC())
                .split(
                        Integer.parseInt(asset[0]),
                        Set.of(Integer.parseInt(asset[1 + which % (asset.length - 1)])),
                        "mira",
                        "");
    }

    private static void reidentify(boolean byName) {
        List<IdentificationRule> rules = IdentificationRule.defaults().stream()
                .filter(rule -> !rule.name().equals(IdentificationRule.SOURCE_NATIVE_KEY))
                .filter(rule -> byName || rule.name().equals("MAC address"))
                .toList();
        new Reidentification(inventory.database(), Clock.systemUTC())
                .apply(rules, Map.of(1, rules, 2, rules), 3, "mira");
    }

    private static void deliver(Receiver receiver, int lost) {
        receiver.untilLost = lost;
        DeliveryWork work = new DeliveryWork(
                inventory.database(),
                1,
                new DestinationSettings(Map.of(), Map.of(), NetworkOptions.defaults()),
                new DeliveryWork.Report() {
                    @Override
                    public void count(DeliveryCounts more) {
                        assertThat(more.rejected()).isZero();
                    }

                    @Override
                    public void rejected(List<Rejection> rejections) {
                        assertThat(rejections).isEmpty();
                    }
                });
        try {
            new EventDelivery(work, new PendingEvents(inventory.database(), 1, 4), "/test", receiver, Duration.ZERO)
                    .run();
        } catch (AnswerLost expected) {
            assertThat(lost).isLessThan(Integer.MAX_VALUE);
        }
    }

    private static final class AnswerLost extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Takes events, and sometimes dies before it says so. */
    private static final class Receiver implements EventSender {
        private final Follower follower = new Follower();
        private final Map<String, List<byte[]>> byKey = new LinkedHashMap<>();
        private int untilLost;

        @Override
        public int most() {
            return 3;
        }

        @Override
        public Outcome send(List<ChangeEvent> events) {
            for (ChangeEvent event : events) {
                follower.take(event.json());
                byKey.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(event.json());
            }
            if (untilLost-- == 0) {
                throw new AnswerLost();
            }
            return new Outcome.Taken();
        }

        /** As a reader of Kafka may see it: assets in any order, and each asset's events in theirs. */
        Follower shuffled(Random random) {
            List<List<byte[]>> streams = new ArrayList<>(byKey.values());
            Collections.shuffle(streams, random);
            Follower other = new Follower();
            streams.forEach(stream -> stream.forEach(other::take));
            return other;
        }

        @Override
        public void close() {}
    }
}

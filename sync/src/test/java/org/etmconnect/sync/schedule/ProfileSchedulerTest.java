// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.configuration.NewConnection;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.ProfileDraft;
import org.etmconnect.inventory.configuration.ProfileOutcome;
import org.etmconnect.inventory.configuration.ProfileStore;
import org.etmconnect.inventory.configuration.SaveOutcome;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.inventory.schedule.Rhythm;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.sync.MovedClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProfileSchedulerTest {

    record Asked(int profile, Instant due) {}

    private final TestDatabase database = TestDatabase.migrated();
    private final MovedClock clock = new MovedClock();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final ProfileStore profiles = new ProfileStore(database.dataSource(), Clock.systemUTC());
    private ConfigurationStore configuration = emptyStore();
    private int connection;
    private int firstProfile;

    private ConfigurationStore emptyStore() {
        return new ConfigurationStore(
                database.dataSource(), KeySet.openOrCreate(Path.of("target", "keys.json")), true, Clock.systemUTC());
    }

    @BeforeEach
    void connect() {
        SaveOutcome saved = configuration.create(new NewConnection(
                "Tenant",
                "",
                new CortexXdrConnector().descriptor(),
                new ConnectionSettings(Map.of(), Map.of(), Set.of(FindingType.HOST_ASSET), NetworkOptions.defaults()),
                "A map"));
        connection = ((SaveOutcome.Saved) saved).connection().id();
        firstProfile = configuration
                .profiles(java.util.OptionalInt.of(connection))
                .getFirst()
                .id();
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private ProfileScheduler scheduler() {
        return new ProfileScheduler(
                database.dataSource(),
                configuration,
                (profile, due) -> {
                    asked.add(new Asked(profile.id(), due));
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("The database is away, as this test wants it");
                    }
                    return Optional.empty();
                },
                () -> {},
                clock,
                new SchedulerOptions(
                        Duration.ofMillis(50), Duration.ofSeconds(10), Duration.ofMillis(50), Duration.ofSeconds(1)));
    }

    private LocalDateTime soon() {
        return LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(2);
    }

    private Schedule hourly() {
        return new Schedule.Recurring(soon(), Optional.empty(), new Rhythm.Every(1, Rhythm.Unit.HOURS), ZoneOffset.UTC);
    }

    private Profile profile(String name, Schedule schedule) {
        return ((ProfileOutcome.Saved) profiles.create(connection, draft(name, true, schedule))).profile();
    }

    private static ProfileDraft draft(String name, boolean active, Schedule schedule) {
        return new ProfileDraft(name, "", "A map", Optional.empty(), active, schedule);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int tries = 0; tries < 500; tries++) {
            if (condition.getAsBoolean()) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("It did not happen within 10 s");
    }

    @Test
    void whatWasMissedWhileNoServerWasUpIsMadeOnceForEachProfile() throws Exception {
        Instant first = soon().toInstant(ZoneOffset.UTC);
        List<Integer> ids = List.of(
                profile("One", hourly()).id(),
                profile("Two", hourly()).id(),
                profile("Three", hourly()).id());
        try (ProfileScheduler before = scheduler()) {
            before.start();
        }
        assertThat(asked).isEmpty();

        clock.putForward(Duration.ofHours(10));
        try (ProfileScheduler after = scheduler()) {
            after.start();
            await(() -> asked.size() >= 3);
            Thread.sleep(300);
            assertThat(asked)
                    .containsExactlyInAnyOrderElementsOf(
                            ids.stream().map(id -> new Asked(id, first)).toList());

            clock.putForward(Duration.ofHours(1));
            await(() -> asked.size() >= 6);
            assertThat(asked)
                    .endsWith(asked.getLast())
                    .anySatisfy(each -> assertThat(each.due()).isEqualTo(first.plus(Duration.ofHours(10))));
        }
    }

    @Test
    void aRunThatCouldNotBeAskedForIsAskedForAgainWithTheTimeItWasDue() throws Exception {
        Instant due = soon().toInstant(ZoneOffset.UTC);
        failures.set(2);
        try (ProfileScheduler scheduler = scheduler()) {
            scheduler.start();
            Profile profile = profile("Once", new Schedule.SingleOccurrence(soon(), ZoneOffset.UTC));
            scheduler.changed(profile.id());
            clock.putForward(Duration.ofMinutes(3));
            await(() -> asked.size() >= 3);
            Thread.sleep(300);

            assertThat(asked)
                    .hasSize(3)
                    .allSatisfy(each -> assertThat(each.due()).isEqualTo(due));
        }
    }

    @Test
    void aSingleOccurrenceHappensOnceAndAChangedOneOnlyAtItsNewTime() throws Exception {
        try (ProfileScheduler scheduler = scheduler()) {
            scheduler.start();
            Profile profile = profile("Once", new Schedule.SingleOccurrence(soon(), ZoneOffset.UTC));
            scheduler.changed(profile.id());
            LocalDateTime later = soon().plusMinutes(30);
            profiles.update(profile.id(), draft("Once", true, new Schedule.SingleOccurrence(later, ZoneOffset.UTC)));
            scheduler.changed(profile.id());

            clock.putForward(Duration.ofMinutes(10));
            Thread.sleep(300);
            assertThat(asked).isEmpty();
            clock.putForward(Duration.ofMinutes(30));
            await(() -> !asked.isEmpty());
            clock.putForward(Duration.ofDays(3));
            Thread.sleep(300);
            assertThat(asked).containsExactly(new Asked(profile.id(), later.toInstant(ZoneOffset.UTC)));
        }
    }

    @Test
    void anInactiveProfileIsNotDueAndWhatItPassedOverIsNotMadeUpFor() throws Exception {
        try (ProfileScheduler scheduler = scheduler()) {
            scheduler.start();
            Instant first = soon().toInstant(ZoneOffset.UTC);
            Profile profile = profile("Hourly", hourly());
            scheduler.changed(profile.id());
            configuration.activate(profile.id(), false);
            scheduler.changed(profile.id());
            clock.putForward(Duration.ofHours(5));
            Thread.sleep(300);
            assertThat(asked).isEmpty();

            configuration.activate(profile.id(), true);
            scheduler.changed(profile.id());
            Thread.sleep(300);
            assertThat(asked).isEmpty();
            clock.putForward(Duration.ofHours(1));
            await(() -> !asked.isEmpty());
            assertThat(asked).containsExactly(new Asked(profile.id(), first.plus(Duration.ofHours(5))));
        }
    }

    @Test
    void aProfileThatAnotherServerSetInactiveWithoutSayingSoIsNotDue() throws Exception {
        try (ProfileScheduler scheduler = scheduler()) {
            scheduler.start();
            Profile profile = profile("Hourly", hourly());
            scheduler.changed(profile.id());
            configuration.activate(profile.id(), false);
            clock.putForward(Duration.ofHours(1));
            Thread.sleep(500);
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void aDueRunOfAnInactiveProfileIsNotQueued() {
        RunStore runs = new RunStore(database.dataSource(), Clock.systemUTC());
        Instant due = Instant.parse("2026-11-24T02:00:00Z");
        configuration.activate(firstProfile, false);
        assertThat(runs.queueDue(connection, firstProfile, "A map", Optional.empty(), due))
                .isEmpty();
        configuration.activate(firstProfile, true);
        assertThat(runs.queueDue(connection, firstProfile, "A map", Optional.of(3), due))
                .hasValueSatisfying(run -> assertThat(run.transformMapVersion()).contains(3));
        assertThat(runs.queueDue(connection, firstProfile, "A map", Optional.empty(), due))
                .isEmpty();
    }
}

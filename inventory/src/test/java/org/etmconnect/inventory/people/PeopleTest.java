// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeopleTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private Instant now = Instant.parse("2026-03-01T08:00:00Z");

    private final PeopleStore people = new PeopleStore(DATABASE.dataSource(), () -> now);
    private final SignInAttempts attempts = new SignInAttempts(DATABASE.dataSource(), () -> now);

    @BeforeAll
    static void migrate() {}

    @Test
    void aPasswordThatSomebodyElseMadeEndsAfterAWeekAndOnesOwnDoesNot() {
        PersonOutcome made = people.create(unique("late"), Role.VIEWER, "hash");
        int id = ((PersonOutcome.Saved) made).person().id();
        now = now.plus(Duration.ofDays(7)).minusSeconds(1);
        assertThat(people.passwordHash(id)).contains("hash");
        now = now.plusSeconds(1);
        assertThat(people.passwordHash(id)).isEmpty();

        people.setPassword(id, "reset", true);
        assertThat(people.passwordHash(id)).contains("reset");
        now = now.plus(Duration.ofDays(8));
        assertThat(people.passwordHash(id)).isEmpty();

        people.setPassword(id, "own", false);
        now = now.plus(Duration.ofDays(3650));
        assertThat(people.passwordHash(id)).contains("own");
    }

    private static String unique(String name) {
        return name + "-" + UUID.randomUUID();
    }

    private boolean mayTry(String account, String address) {
        return attempts.begin(account, address) instanceof SignInAttempts.Answer.Go;
    }

    private Duration wait(String account, String address) {
        return switch (attempts.begin(account, address)) {
            case SignInAttempts.Answer.Go _ -> Duration.ZERO;
            case SignInAttempts.Answer.Wait(Instant until) -> Duration.between(now, until);
        };
    }

    private static <T> List<T> atOnce(int times, Callable<T> work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(times)) {
            List<Future<T>> started = new ArrayList<>();
            for (int count = 0; count < times; count++) {
                started.add(threads.submit(work));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : started) {
                results.add(each.get());
            }
            return results;
        }
    }

    @Test
    void eachFailureBeyondTheFifthBlocksTwiceAsLongUpToAQuarterOfAnHour() {
        String account = unique("ada");
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(mayTry(account, unique("address"))).isTrue();
        }
        for (int minutes : new int[] {1, 2, 4, 8, 15, 15}) {
            assertThat(wait(account, unique("address"))).isEqualTo(Duration.ofMinutes(minutes));
            now = now.plus(Duration.ofMinutes(minutes));
            assertThat(mayTry(account, unique("address"))).isTrue();
        }
        now = now.plus(Duration.ofMinutes(61));
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(mayTry(account, unique("address"))).isTrue();
        }
    }

    @Test
    void manyAttemptsAtOnceAreNoMoreThanTheLimit() throws Exception {
        String account = unique("bob");

        List<Boolean> allowed = atOnce(16, () -> mayTry(account, unique("address")));

        assertThat(allowed).filteredOn(each -> each).hasSize(5);
    }

    @Test
    void aSuccessForgetsTheAccountsFailuresButNotThoseOfTheAddress() {
        String account = unique("cyd");
        String address = unique("address");
        for (int failure = 1; failure <= 19; failure++) {
            assertThat(mayTry(unique("other"), address)).isTrue();
        }
        assertThat(mayTry(account, address)).isTrue();
        attempts.succeeded(account, address);

        assertThat(mayTry(account, address)).isTrue();
        assertThat(mayTry(account, address)).isFalse();
    }

    @Test
    void whatWasTypedAsANameIsNotKept() throws SQLException {
        mayTry("maybe-a-password", unique("address"));

        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from sign_in_attempts where key like '%maybe-a-password%'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
        }
    }

    @Test
    void ofManagersWhoLeaveAtOnceOneStays() throws Exception {
        List<Integer> ids = new ArrayList<>();
        for (int count = 0; count < 4; count++) {
            ids.add(((PersonOutcome.Saved) people.create(unique("m"), Role.MANAGER, "hash"))
                    .person()
                    .id());
        }
        people.people().stream()
                .filter(each -> !ids.contains(each.id()))
                .forEach(each -> people.change(each.id(), Role.VIEWER, true));

        List<Integer> left = new ArrayList<>(ids);
        atOnce(4, () -> {
            int id;
            synchronized (left) {
                id = left.removeLast();
            }
            return id % 2 == 0 ? people.change(id, Role.VIEWER, true) : people.delete(id);
        });

        assertThat(people.people().stream().filter(each -> each.role() == Role.MANAGER && each.active()))
                .hasSize(1);
    }

    @Test
    void aTokenIsRefusedFromTheInstantItExpires() {
        byte[] hash = unique("h").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        people.createToken(unique("t"), Role.VIEWER, hash, Optional.empty(), "local", now.plusSeconds(60));

        now = now.plusSeconds(59);
        assertThat(people.useToken(hash)).isPresent();
        now = now.plusSeconds(1);
        assertThat(people.useToken(hash)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"update audit_entry set actor = 'x'", "delete from audit_entry", "truncate audit_entry"})
    void theDatabaseRefusesToChangeTheAuditLog(String statement) throws SQLException {
        AuditStore audit = new AuditStore(DATABASE.dataSource(), () -> now);
        audit.append(AuditEntry.Action.of("ada", "192.0.2.1", "updateConnection", "connections/7", 200));

        try (Connection connection = DATABASE.connect();
                Statement sql = connection.createStatement()) {
            assertThatThrownBy(() -> sql.execute(statement)).hasMessageContaining("append-only");
        }
        assertThat(audit.find(
                        new AuditSearch(
                                Optional.of("ada"),
                                Optional.of("connections"),
                                Optional.empty(),
                                Optional.of(now),
                                Optional.of(now.plusSeconds(1)),
                                OptionalLong.empty()),
                        10))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", " System ", "", "a b", "-a", "token\u0000x", "ä"})
    void namesThatCannotBeAreNotRead(String typed) {
        assertThat(Person.readName(typed)).isEmpty();
    }
}

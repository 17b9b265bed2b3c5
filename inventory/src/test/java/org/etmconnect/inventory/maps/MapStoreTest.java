// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.maps;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MapStoreTest {

    private static final String PROFILE = "insert into profile (connection_id, name, transform_map, created_at)"
            + " values (1, 'Nightly', 'Mine', now())";

    private final TestDatabase database = TestDatabase.migrated();
    private final MapStore store = new MapStore(database.dataSource(), Clock.systemUTC());

    @BeforeEach
    void makeAMapAndAConnection() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)"
                            + " values ('Lab', 'x', 'x', 'x', '{}', '{}', '{}', now())");
        }
        assertThat(store.create("Mine", "one", "mira", "first").map(MapVersion::version))
                .contains(1);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void ofTwoSavesOnTopOfOneVersionTheSecondIsTold() {
        assertThat(store.save("Mine", 1, "two", "mira", "")).isInstanceOf(MapSave.Saved.class);

        assertThat(store.save("Mine", 1, "three", "jo", ""))
                .isInstanceOfSatisfying(
                        MapSave.Outdated.class,
                        outdated -> assertThat(outdated.latest().yaml()).isEqualTo("two"));
        assertThat(store.save("Yours", 1, "two", "mira", "")).isEqualTo(new MapSave.Missing());
    }

    @Test
    void ofManySavesAtOnceExactlyOneWins() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<MapSave>> saves = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> store.save("Mine", 1, "text " + i, "author " + i, ""), threads))
                    .toList();

            assertThat(saves.stream().map(CompletableFuture::join).filter(MapSave.Saved.class::isInstance))
                    .hasSize(1);
        }
        assertThat(store.versions("Mine")).extracting(MapVersion::version).containsExactly(2, 1);
    }

    @Test
    void aDeletedMapIsHiddenButItsVersionsStayForTheRunsThatUsedThem() {
        assertThat(store.delete("Mine")).isEqualTo(new MapDeletion.Deleted());

        assertThat(store.all()).isEmpty();
        assertThat(store.latest("Mine")).isEmpty();
        assertThat(store.versions("Mine")).isEmpty();
        assertThat(store.save("Mine", 1, "two", "mira", "")).isEqualTo(new MapSave.Missing());
        assertThat(store.version("Mine", 1).map(MapVersion::yaml)).contains("one");
        assertThat(store.create("Mine", "anew", "mira", "").map(MapVersion::version))
                .contains(2);
        assertThat(store.create("Mine", "again", "mira", "")).isEmpty();
    }

    @Test
    void aMapThatAProfileIsBeingSetToIsNotDeleted() throws Exception {
        try (Connection profile = database.connect();
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            profile.setAutoCommit(false);
            try (Statement statement = profile.createStatement()) {
                statement.execute(PROFILE);
            }

            CompletableFuture<MapDeletion> deletion = CompletableFuture.supplyAsync(() -> store.delete("Mine"), thread);
            awaitBlocked();
            profile.commit();

            assertThat(deletion.get(10, TimeUnit.SECONDS)).isEqualTo(new MapDeletion.InUse(List.of("Lab / Nightly")));
        }
    }

    @Test
    void aProfileIsNotSetToAMapThatIsBeingDeleted() throws Exception {
        try (Connection deleting = database.connect();
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            deleting.setAutoCommit(false);
            try (Statement statement = deleting.createStatement()) {
                statement.execute("select 1 from transform_map where name = 'Mine' for update");
                CompletableFuture<String> profile = CompletableFuture.supplyAsync(this::setProfile, thread);
                awaitBlocked();
                statement.execute("update transform_map set deleted_at = now() where name = 'Mine'");
                deleting.commit();

                assertThat(profile.get(10, TimeUnit.SECONDS))
                        .contains("23503")
                        .contains("The transform map \"Mine\" was deleted");
            }
        }
    }

    private String setProfile() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(PROFILE);
            return "set";
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    /** Waits until a statement of this database waits for another's lock. */
    private void awaitBlocked() throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (int tries = 0; tries < 1_000; tries++) {
                try (var row = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'")) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        return;
                    }
                }
                Thread.sleep(10);
            }
        }
        throw new AssertionError("Nothing waited for a lock");
    }
}

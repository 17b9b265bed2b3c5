// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.ConnectorDescriptor;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationStoreTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final Instant NOW = Instant.parse("2026-03-01T10:15:30.123456Z");
    private static final ConnectorDescriptor CONNECTOR = new ConnectorDescriptor(
            "cortex-xdr",
            "Palo Alto Networks",
            "Cortex XDR",
            "Endpoint Security",
            List.of("Host"),
            Set.of(FindingType.VULNERABILITY),
            "SaaS",
            "API",
            "Unidirectional",
            "Yes",
            List.of(),
            List.of());

    @TempDir
    private Path directory;

    private ConfigurationStore store;

    @BeforeEach
    void emptyStore() throws Exception {
        execute("truncate connection, source_record restart identity cascade");
        store = storeWith(directory.resolve("keys.json"));
    }

    @Test
    void aConnectionIsReadBackAsItWasSavedWithoutItsCredentials() {
        SavedConnection saved = create("Head office");

        assertThat(store.connection(saved.id())).contains(saved);
        assertThat(store.connections()).containsExactly(saved);
        assertThat(saved.createdAt()).isEqualTo(NOW);
        assertThat(saved.secretsSetAt()).contains(NOW);
        assertThat(saved.values()).isEqualTo(Map.of("baseURL", "https://api-acme.example.com"));
        assertThat(saved.network().proxy().orElseThrow().password()).isEmpty();
    }

    @Test
    void aRunGetsTheCredentialsInClear() {
        SavedConnection saved = create("Head office");

        assertThat(store.settingsForRun(saved.id())).contains(settings("key-1"));
    }

    @Test
    void theDatabaseHoldsNoCredentialInClear() throws Exception {
        create("Head office");
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("select c::text, encrypted_secrets from connection c")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1) + row.getString(2))
                    .doesNotContain("key-1")
                    .doesNotContain("proxy-pass");
        }
    }

    @Test
    void aNewConnectionHasOneActiveProfile() {
        SavedConnection saved = create("Head office");

        List<Profile> profiles = store.profiles(OptionalInt.of(saved.id()));

        assertThat(profiles).singleElement().satisfies(profile -> {
            assertThat(profile.active()).isTrue();
            assertThat(profile.transformMap()).isEqualTo("Cortex XDR default");
            assertThat(store.profile(profile.id())).contains(profile);
            assertThat(store.activate(profile.id(), false).orElseThrow().active())
                    .isFalse();
        });
        assertThat(store.profiles(OptionalInt.of(saved.id() + 1))).isEmpty();
    }

    @Test
    void aNameIsTakenOnce() {
        create("Head office");
        SavedConnection other = create("Branch");

        assertThat(store.create(connection("Head office"))).isEqualTo(new SaveOutcome.NameTaken("Head office"));
        assertThat(store.update(other.id(), "Head office", "", settings("key-1"), OptionalInt.empty()))
                .isEqualTo(new SaveOutcome.NameTaken("Head office"));
        assertThat(store.profiles(OptionalInt.empty())).hasSize(2);
    }

    @Test
    void aChangedConnectionHasItsNewSettings() {
        SavedConnection saved = create("Head office");

        SaveOutcome outcome = store.update(saved.id(), "HQ", "moved", settings("key-2"), OptionalInt.of(30));

        assertThat(outcome).isInstanceOfSatisfying(SaveOutcome.Saved.class, changed -> {
            assertThat(changed.connection().name()).isEqualTo("HQ");
            assertThat(changed.connection().retentionDays()).hasValue(30);
        });
        assertThat(store.settingsForRun(saved.id())).contains(settings("key-2"));
        assertThat(store.update(999, "x", "", settings("k"), OptionalInt.empty()))
                .isEqualTo(new SaveOutcome.Missing(999));
    }

    @Test
    void aConnectionThatBroughtNothingIsDeletedWhole() {
        SavedConnection saved = create("Head office");

        assertThat(store.delete(saved.id())).isEqualTo(new DeleteOutcome.Deleted());
        assertThat(store.connection(saved.id())).isEmpty();
        assertThat(store.profiles(OptionalInt.empty())).isEmpty();
        assertThat(store.delete(saved.id())).isEqualTo(new DeleteOutcome.Missing());
    }

    @Test
    void aConnectionThatRunsIsNotDeleted() throws Exception {
        SavedConnection saved = create("Head office");
        execute("insert into run (connection_id, trigger, state, transform_map, queued_at) values (" + saved.id()
                + ", 'MANUAL', 'QUEUED', 'm', now())");

        assertThat(store.delete(saved.id())).isInstanceOf(DeleteOutcome.Running.class);
        assertThat(store.connection(saved.id())).isPresent();
    }

    @Test
    void aConnectionWhoseHostsAreInTheInventoryIsNotDeleted() throws Exception {
        SavedConnection saved = create("Head office");
        execute(
                "insert into source_record (connection_id, native_key, asset_id, fingerprint, created_run, last_seen_run,"
                        + " document) values (" + saved.id() + ", 'a', 1, '', 1, 1, '')");

        assertThat(store.delete(saved.id())).isEqualTo(new DeleteOutcome.InInventory(1));
        assertThat(store.connection(saved.id())).isPresent();
    }

    @Test
    void withALostKeySetTheConnectionIsListedAndItsCredentialsAreAskedForAnew() {
        SavedConnection saved = create("Head office");
        ConfigurationStore other = storeWith(directory.resolve("other-keys.json"));

        assertThat(other.connections()).hasSize(1);
        assertThatThrownBy(() -> other.settingsForRun(saved.id()))
                .isInstanceOf(StorageFault.class)
                .hasMessageContaining("enter the credentials again");
        assertThat(other.update(saved.id(), "Head office", "", settings("key-9"), OptionalInt.empty()))
                .isInstanceOf(SaveOutcome.Saved.class);
        assertThat(other.settingsForRun(saved.id())).contains(settings("key-9"));
    }

    @Test
    void rotatingTheKeysEncryptsAllCredentialsWithANewKeyAndRemovesTheOldOne() throws Exception {
        SavedConnection one = create("Head office");
        SavedConnection two = create("Plant");
        Path file = directory.resolve("keys.json");
        KeySet before = KeySet.openOrCreate(file);

        KeyRotation rotation = store.rotateKeys();

        assertThat(rotation).isEqualTo(new KeyRotation(2, 0, List.of()));
        assertThat(store.settingsForRun(one.id())).contains(settings("key-1"));
        assertThat(storeWith(file).settingsForRun(two.id())).contains(settings("key-1"));
        assertThat(store.keySet().keys()).hasSize(1).doesNotContainAnyElementsOf(before.keys());
        assertThat(store.connection(one.id()).orElseThrow().secretsSetAt()).isEqualTo(one.secretsSetAt());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aRotationThatWasCutOffIsGoneOnWith() {
        SavedConnection saved = create("Head office");
        Path file = directory.resolve("keys.json");
        KeySet.openOrCreate(file).addPrimary();
        ConfigurationStore restarted = storeWith(file);
        List<KeySet.KeyInfo> both = restarted.keySet().keys();
        assertThat(both).hasSize(2);
        assertThat(restarted.settingsForRun(saved.id())).contains(settings("key-1"));

        restarted.rotateKeys();

        assertThat(restarted.keySet().keys())
                .containsExactlyElementsOf(
                        both.stream().filter(KeySet.KeyInfo::primary).toList());
        assertThat(storeWith(file).settingsForRun(saved.id())).contains(settings("key-1"));
    }

    @Test
    void credentialsThatNoKeyDecryptsDoNotStopARotation() {
        create("Head office");
        ConfigurationStore other = storeWith(directory.resolve("other-keys.json"));
        switch (other.create(connection("Plant"))) {
            case SaveOutcome.Saved saved ->
                assertThat(saved.connection().retentionDays()).isEmpty();
            case SaveOutcome.NameTaken _, SaveOutcome.Missing _ -> throw new AssertionError();
        }

        assertThat(other.rotateKeys()).isEqualTo(new KeyRotation(1, 0, List.of("Head office")));
    }

    @Test
    void plainHttpIsTheServersDecision() {
        SavedConnection saved = create("Head office");
        ConfigurationStore lenient = new ConfigurationStore(
                DATABASE.dataSource(),
                KeySet.openOrCreate(directory.resolve("keys.json")),
                true,
                InstantSource.fixed(NOW));

        assertThat(saved.network().allowPlainHttp()).isFalse();
        assertThat(lenient.settingsForRun(saved.id()).orElseThrow().network().allowPlainHttp())
                .isTrue();
    }

    private SavedConnection create(String name) {
        return switch (store.create(connection(name))) {
            case SaveOutcome.Saved(SavedConnection saved) -> saved;
            case SaveOutcome.NameTaken taken -> throw new AssertionError(taken);
            case SaveOutcome.Missing missing -> throw new AssertionError(missing);
        };
    }

    private ConfigurationStore storeWith(Path keys) {
        return new ConfigurationStore(
                DATABASE.dataSource(), KeySet.openOrCreate(keys), false, InstantSource.fixed(NOW));
    }

    private static NewConnection connection(String name) {
        return new NewConnection(name, "a tenant", CONNECTOR, settings("key-1"), "Cortex XDR default");
    }

    private static ConnectionSettings settings(String key) {
        return new ConnectionSettings(
                Map.of("baseURL", "https://api-acme.example.com"),
                Map.of("apiKey", Secret.of(key)),
                Set.of(FindingType.VULNERABILITY, FindingType.HOST_ASSET),
                new NetworkOptions(
                        Optional.of(new NetworkOptions.Proxy(
                                "proxy.example.com", 3128, Optional.of("etm"), Optional.of(Secret.of("proxy-pass")))),
                        Optional.empty(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        4,
                        2,
                        false));
    }

    private static void execute(String sql) throws Exception {
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

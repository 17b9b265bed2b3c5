// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.qualys.QualysEtmApi;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.DestinationDraft;
import org.etmconnect.inventory.configuration.DestinationOutcome;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.configuration.DestinationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.schedule.Rhythm;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.simulator.qualys.GatewaySettings;
import org.etmconnect.simulator.qualys.QualysGatewaySimulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveriesTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();
    private static final Schedule BY_HAND = new Schedule.None();

    @TempDir
    private static Path directory;

    private final QualysGatewaySimulator gateway = QualysGatewaySimulator.start(GatewaySettings.defaults());
    private final DeliveryStore store = new DeliveryStore(INVENTORY.database(), Clock.systemUTC());
    private ConfigurationStore configuration;
    private DestinationStore destinations;
    private Deliveries deliveries;

    @BeforeEach
    void start() {
        INVENTORY.empty();
        configuration = new ConfigurationStore(
                INVENTORY.database(), KeySet.openOrCreate(directory.resolve("keys")), true, Clock.systemUTC());
        destinations = new DestinationStore(configuration);
        deliveries = server();
        deliveries.start();
    }

    private Deliveries server() {
        return new Deliveries(
                INVENTORY.database(),
                destinations,
                store,
                List.of(new QualysEtmApi(
                        new Patience(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(5)))),
                Clock.systemUTC(),
                Duration.ofMillis(100),
                Duration.ofSeconds(40));
    }

    @AfterEach
    void stop() {
        deliveries.close();
        gateway.close();
    }

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    private DestinationSettings settings() {
        return new DestinationSettings(
                new HashMap<>(Map.of(
                        "gatewayURL",
                        gateway.baseUrl().toString(),
                        "username",
                        "etm-user",
                        "connectorUUID",
                        gateway.settings().connectorUuid(),
                        "batchSize",
                        "1",
                        "findings",
                        "community")),
                Map.of("password", Secret.of("etm-password")),
                NetworkOptions.defaults().withPlainHttp(true));
    }

    private int destination(boolean active, boolean afterRuns, Schedule schedule) {
        DestinationOutcome outcome = destinations.create(
                new DestinationDraft("Qualys", "", "qualys-etm-api", settings(), active, afterRuns, schedule));
        return ((DestinationOutcome.Saved) outcome).destination().id();
    }

    private void hosts(int count) {
        for (int i = 0; i < count; i++) {
            INVENTORY.hosts().put("ep-" + i, new Host("host-" + i, Set.of("CVE-2024-1")));
        }
        INVENTORY.sync();
    }

    private Delivery newest(int destination) throws InterruptedException {
        return ended(destination, 1);
    }

    private Delivery ended(int destination, int count) throws InterruptedException {
        for (int tries = 0; tries < 1_000; tries++) {
            List<Delivery> all = store.list(destination, 10);
            if (all.size() >= count
                    && all.stream().allMatch(each -> each.state().ended())) {
                return all.getFirst();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("No delivery ended: " + store.list(destination, 10));
    }

    @Test
    void aDeliveryByHandIsMadeAndItsResultKept() throws InterruptedException {
        hosts(3);
        int destination = destination(true, false, BY_HAND);
        gateway.inject("sync@2:207=1");
        int id = deliveries.queue(destination, false).id();
        Delivery made = newest(destination);
        assertThat(made.id()).isEqualTo(id);
        assertThat(made.state()).isEqualTo(Delivery.State.DELIVERED_PARTLY);
        assertThat(made.counts().accepted()).isEqualTo(2);
        assertThat(store.rejections(id)).extracting(Rejection::reason).containsExactly("Asset could not be processed");

        deliveries.queue(destination, false);
        assertThat(ended(destination, 2).counts().sent()).isEqualTo(1);
        deliveries.queue(destination, true);
        assertThat(ended(destination, 3).counts().sent()).isEqualTo(3);
    }

    @Test
    void aFailedDeliverySaysWhatToDo() throws InterruptedException {
        hosts(1);
        int destination = destination(true, false, BY_HAND);
        gateway.inject("sync:500");
        deliveries.queue(destination, false);
        Delivery failed = newest(destination);
        assertThat(failed.state()).isEqualTo(Delivery.State.FAILED);
        assertThat(failed.failureKind()).contains(FailureKind.REMOTE_UNAVAILABLE);
        assertThat(failed.failureMessage().orElse("")).contains("status 500").contains("Try again later");
    }

    @Test
    void aRunThatWroteIsDeliveredAndAnInactiveDestinationIsLeftAlone() throws InterruptedException {
        int destination = destination(true, true, BY_HAND);
        hosts(2);
        Delivery made = newest(destination);
        assertThat(made.trigger()).isEqualTo(Delivery.Trigger.RUN);
        assertThat(gateway.assets()).hasSize(2);
        destinations.update(
                destination, new DestinationDraft("Qualys", "", "qualys-etm-api", settings(), false, true, BY_HAND));
        hosts(3);
        Thread.sleep(500);
        assertThat(gateway.assets()).hasSize(2);
    }

    @Test
    void closuresThatAManagerConfirmsAreDeliveredToo() throws InterruptedException {
        hosts(2);
        int destination = destination(true, true, BY_HAND);
        Thread.sleep(300);
        assertThat(store.list(destination, 1)).isEmpty();
        INVENTORY.execute("insert into held_closure values (1, 'CONFIRMED', 1, 1, 0, 1, 'mira', now())");
        assertThat(newest(destination).trigger()).isEqualTo(Delivery.Trigger.RUN);
    }

    @Test
    void aDestinationIsDeliveredToByItsOwnSchedule() throws InterruptedException {
        hosts(1);
        int destination = destination(
                true,
                false,
                new Schedule.Recurring(
                        LocalDateTime.of(2025, 1, 1, 0, 0),
                        Optional.empty(),
                        new Rhythm.Every(1, Rhythm.Unit.HOURS),
                        ZoneId.of("UTC")));
        INVENTORY.execute("update destination set next_due = now() - interval '1 minute'");
        assertThat(newest(destination).trigger()).isEqualTo(Delivery.Trigger.SCHEDULE);
        assertThat(destinations.destination(destination).orElseThrow().nextDue().orElseThrow())
                .isAfter(Clock.systemUTC().instant());
    }

    @Test
    void aDeliveryThatTheServersEndCutOffGoesOnAtTheNextStart() throws InterruptedException {
        hosts(30);
        int destination = destination(true, false, BY_HAND);
        gateway.inject("sync:slow=50");
        deliveries.queue(destination, false);
        while (gateway.assets().size() < 4) {
            Thread.sleep(5);
        }
        deliveries.close();
        assertThat(store.list(destination, 1).getFirst().state()).isEqualTo(Delivery.State.SENDING);
        gateway.clearFaults();
        deliveries = server();
        deliveries.start();
        Delivery made = newest(destination);
        assertThat(made.state()).isEqualTo(Delivery.State.DELIVERED);
        assertThat(gateway.assets()).hasSize(30);
        assertThat(gateway.requests("sync")).as("repeats").isLessThanOrEqualTo(30 + 4);
    }

    @Test
    void credentialsAreEncryptedAndRotatedWithThoseOfConnections() {
        int destination = destination(true, false, BY_HAND);
        assertThat(INVENTORY.text("select encode(encrypted_secrets, 'escape') || field_values::text from destination"))
                .doesNotContain("etm-password");
        assertThat(configuration.rotateKeys().destinations()).isEqualTo(1);
        assertThat(destinations.settings(destination).orElseThrow().secret("password"))
                .contains(Secret.of("etm-password"));
    }

    @Test
    void aDestinationIsDeletedWithWhatIsKnownOfIt() throws InterruptedException {
        hosts(1);
        int destination = destination(true, false, BY_HAND);
        deliveries.queue(destination, false);
        newest(destination);
        assertThat(destinations.delete(destination)).isInstanceOf(DestinationOutcome.Deleted.class);
        assertThat(INVENTORY.text("select count(*) from delivered_asset")).isEqualTo("0");
    }
}

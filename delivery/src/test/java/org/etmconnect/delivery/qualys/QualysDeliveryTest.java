// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Patience;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.Verification;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.simulator.qualys.GatewaySettings;
import org.etmconnect.simulator.qualys.QualysGatewaySimulator;
import org.etmconnect.simulator.qualys.ReceivedAsset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualysDeliveryTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();

    private QualysGatewaySimulator gateway = QualysGatewaySimulator.start(GatewaySettings.defaults());
    private final Map<String, String> settings = new HashMap<>(Map.of("batchSize", "3", "findings", "community"));
    private final List<Verification> verifications = new ArrayList<>();
    private final List<Rejection> rejections = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void empty() {
        INVENTORY.empty();
        INVENTORY.execute("insert into destination (name, kind, field_values, network, active, after_runs, seen_run,"
                + " created_at) values ('Qualys', 'qualys-etm-api', '{}', '{}', true, false, now(), now())");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    private void instead(GatewaySettings other) {
        gateway.close();
        gateway = QualysGatewaySimulator.start(other);
    }

    private DestinationSettings settings() {
        Map<String, String> values = new HashMap<>(Map.of(
                "gatewayURL",
                gateway.baseUrl().toString(),
                "username",
                "etm-user",
                "connectorUUID",
                gateway.settings().connectorUuid()));
        values.putAll(settings);
        return new DestinationSettings(
                values,
                Map.of("password", Secret.of("etm-password"), "clientSecret", Secret.of("etm-secret")),
                NetworkOptions.defaults().withPlainHttp(true));
    }

    private DeliveryCounts deliver() {
        return deliver(new Patience(4, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(20)));
    }

    private DeliveryCounts deliver(Patience patience) {
        rejections.clear();
        DeliveryCounts[] counts = {DeliveryCounts.NONE};
        new QualysEtmApi(patience)
                .deliver(new DeliveryWork(INVENTORY.database(), 1, settings(), new DeliveryWork.Report() {
                    @Override
                    public synchronized void count(DeliveryCounts more) {
                        counts[0] = counts[0].plus(more);
                    }

                    @Override
                    public void rejected(List<Rejection> some) {
                        rejections.addAll(some);
                    }

                    @Override
                    public void verified(Verification verification) {
                        verifications.add(verification);
                    }
                }));
        return counts[0];
    }

    private void hosts(int count) {
        for (int i = 0; i < count; i++) {
            INVENTORY.hosts().put("ep-" + i, new Host("host-" + i, Set.of("CVE-2024-" + i % 4, "CVE-2025-1")));
        }
        INVENTORY.sync();
    }

    /** Of the assets that count as active there, the open findings. */
    private SortedMap<String, TreeSet<String>> open() {
        SortedMap<String, TreeSet<String>> open = new TreeMap<>();
        gateway.assets().forEach((key, asset) -> {
            TreeSet<String> ids = new TreeSet<>();
            asset.findings().forEach((id, finding) -> {
                if (finding.path("findingStatus").asString().equals("ACTIVE")) {
                    ids.add(id);
                }
            });
            if (status(asset).equals("Active")) {
                open.put(key, ids);
            } else {
                assertThat(ids).as("open findings of retired %s", key).isEmpty();
            }
        });
        return open;
    }

    private static String status(ReceivedAsset asset) {
        return asset.core()
                .path("customConnectorAttributes")
                .path("inventoryStatus")
                .asString();
    }

    private void assertSame() {
        assertThat(open()).isEqualTo(INVENTORY.cves());
        INVENTORY
                .hosts()
                .forEach((key, host) -> assertThat(gateway.assets()
                                .get(key)
                                .core()
                                .path("hostName")
                                .asString())
                        .isEqualTo(host.name()));
    }

    @Test
    void everythingIsSentOnceAndAfterThatOnlyWhatChanged() {
        hosts(10);
        DeliveryCounts first = deliver();
        assertThat(first.assets()).isEqualTo(10);
        assertThat(first.accepted()).isEqualTo(10);
        assertThat(first.findings()).isEqualTo(20);
        assertSame();
        long calls = gateway.requests("sync");

        INVENTORY.sync();
        DeliveryCounts second = deliver();
        assertThat(second).isEqualTo(new DeliveryCounts(10, 10, 0, 0, 0, 0, 0, 0, 0));
        assertThat(gateway.requests("sync")).isEqualTo(calls);

        INVENTORY.hosts().put("ep-3", new Host("renamed", Set.of("CVE-2025-1")));
        INVENTORY.hosts().remove("ep-4");
        INVENTORY.sync();
        DeliveryCounts third = deliver();
        assertThat(third.sent()).isEqualTo(2);
        assertThat(third.removed()).isEqualTo(1);
        assertThat(third.fixed()).isEqualTo(1 + 2);
        assertThat(status(gateway.assets().get("ep-4"))).isEqualTo("Retired");
        assertSame();
        assertThat(deliver().sent()).isZero();
    }

    @Test
    void anAssetCarriesWhatTheInventoryKnowsOfIt() {
        hosts(1);
        deliver();
        ReceivedAsset asset = gateway.assets().get("ep-0");
        assertThat(asset.identity().path("fqdn").asString()).isEqualTo("host-0.corp.example");
        assertThat(asset.core().path("operatingSystem").asString()).isEqualTo("Windows \"11\"");
        assertThat(asset.core().path("sourceCreatedDate").asString()).isEqualTo("2025-01-01T00:00:00Z");
        assertThat(asset.core().path("customConnectorAttributes").toString())
                .contains("\"serverTags\":\"prod, dmz\"", "\"sourceProduct\":\"Cortex XDR\"");
        assertThat(asset.findings().get("CVE-2025-1").toString())
                .contains(
                        "\"severity\":3",
                        "\"findingType\":{\"vulnerability\":{\"cveId\":\"CVE-2025-1\"}}",
                        "\"findingStatus\":\"ACTIVE\"");
    }

    @Test
    void withFindingsOffNoneAreSent() {
        settings.put("findings", "off");
        hosts(2);
        deliver();
        assertThat(gateway.assets().get("ep-0").findings()).isEmpty();
        settings.put("findings", "community");
        deliver();
        assertSame();
    }

    @Test
    void whatIsRejectedIsNamedAndSentAgainAndOnlyThat() {
        hosts(6);
        gateway.inject("sync@1:207=1");
        DeliveryCounts counts = deliver();
        assertThat(counts.rejected()).isEqualTo(1);
        assertThat(rejections).hasSize(1);
        assertThat(rejections.getFirst().reason()).isEqualTo("Asset could not be processed");
        assertThat(deliver().sent()).isEqualTo(1);
        assertSame();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync@1:207-list=2", "sync@1:partly-200=2"})
    void errorsAreReadInWhateverFormTheyCome(String fault) {
        hosts(3);
        gateway.inject(fault);
        assertThat(deliver().rejected()).isEqualTo(2);
        assertThat(deliver().sent()).isEqualTo(2);
        assertSame();
    }

    @Test
    void aTokenThatIsRefusedIsReplacedOnce() {
        hosts(6);
        gateway.inject("sync@2:revoke");
        deliver();
        assertThat(gateway.requests("auth")).isEqualTo(2);
        assertSame();
        INVENTORY.hosts().remove("ep-1");
        INVENTORY.sync();
        gateway.inject("sync:revoke");
        assertThatThrownBy(this::deliver)
                .isInstanceOfSatisfying(
                        DeliveryFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.AUTHENTICATION));
    }

    @Test
    void aClientSignsInWithItsSecret() {
        settings.put("authentication", "client");
        settings.put("clientId", "etm-client");
        hosts(1);
        deliver();
        assertSame();
    }

    @Test
    void theGatewaysLimitsAreObeyed() {
        instead(GatewaySettings.defaults().withLimits(1_000, 2, Duration.ofSeconds(1)));
        hosts(12);
        long begin = System.nanoTime();
        DeliveryCounts counts = deliver();
        assertThat(counts.accepted()).isEqualTo(12);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
        // each call beyond the window is told once how long to wait, and then waits so long
        assertThat(gateway.requests("sync")).isLessThanOrEqualTo(8);
        assertThat(gateway.mostUnderWay()).isLessThanOrEqualTo(2);
        assertSame();
    }

    @Test
    void aDeliveryThatFailsGoesOnWhereItWas() {
        hosts(12);
        gateway.inject("sync@3+:503");
        assertThatThrownBy(this::deliver)
                .isInstanceOfSatisfying(
                        DeliveryFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(FailureKind.REMOTE_UNAVAILABLE));
        gateway.clearFaults();
        assertThat(deliver().sent()).isEqualTo(6);
        assertSame();
    }

    @Test
    void aFindingWhoseDeliveryWasNeverAnsweredIsFixedThereWhenItIsFixedHere() {
        hosts(3);
        gateway.inject("sync:lost");
        assertThatThrownBy(this::deliver).isInstanceOf(DeliveryFailure.class);
        gateway.clearFaults();
        assertThat(gateway.assets()).hasSize(3);
        INVENTORY.hosts().put("ep-0", new Host("host-0", Set.of()));
        INVENTORY.hosts().remove("ep-1");
        INVENTORY.sync();
        deliver();
        assertSame();
    }

    @Test
    void anotherConnectorIsSentEverything() {
        hosts(4);
        deliver();
        instead(GatewaySettings.defaults());
        assertThat(deliver().sent()).isEqualTo(4);
        assertSame();
    }

    /** After any sequence of runs, faults and broken deliveries, one that goes through leaves the two the same. */
    @Test
    void whateverHappensTheReceiverEndsWithTheInventory() {
        Random random = new Random(1);
        List<String> faults = List.of(
                "sync@30%:503",
                "sync@30%:lost",
                "sync@30%:reset",
                "sync@30%:429",
                "sync@30%:207=1",
                "sync@20%:partly-200=2",
                "sync@20%:garbage",
                "*@20%:500",
                "sync@20%:revoke",
                "sync@1+:lost",
                "sync@2+:lost",
                "sync@2+:503");
        int broken = 0;
        for (int round = 0; round < 60; round++) {
            for (int change = random.nextInt(6); change > 0; change--) {
                String key = "ep-" + random.nextInt(12);
                if (random.nextInt(4) == 0) {
                    INVENTORY.hosts().remove(key);
                } else {
                    Set<String> cves = new TreeSet<>();
                    for (int cve = random.nextInt(5); cve > 0; cve--) {
                        cves.add("CVE-2024-" + random.nextInt(8));
                    }
                    INVENTORY.hosts().put(key, new Host(key + (random.nextBoolean() ? "-x" : ""), cves));
                }
            }
            INVENTORY.sync();
            for (int fault = random.nextInt(3); fault > 0; fault--) {
                gateway.inject(faults.get(random.nextInt(faults.size())));
            }
            try {
                deliver(new Patience(2, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(20)));
            } catch (DeliveryFailure expected) {
                broken++;
            }
            gateway.clearFaults();
            if (random.nextBoolean()) {
                deliver();
                assertSame();
                assertThat(deliver().sent()).isZero();
            }
        }
        deliver();
        assertSame();
        assertThat(broken).as("deliveries that broke").isGreaterThan(5);
    }

    @Test
    void wrongSettingsGetAnAnswerThatNamesTheFault() throws InterruptedException {
        assertThat(testOutcome()).isEmpty();
        settings.put("connectorUUID", "00000000-0000-4000-8000-000000000000");
        assertThat(testOutcome()).contains("connector UUID 00000000-0000-4000-8000-000000000000");
        settings.remove("connectorUUID");
        settings.put("username", "nobody");
        assertThat(testOutcome()).contains("does not let nobody in");
        settings.remove("username");
        instead(GatewaySettings.defaults().withSubscription(true, false, true));
        assertThat(testOutcome()).contains("The subscription does not take third-party assets");
        instead(GatewaySettings.defaults().withSubscription(true, true, false));
        assertThat(testOutcome()).contains("The user may not import assets");
        instead(GatewaySettings.defaults().as(GatewaySettings.Kind.API_HOST));
        assertThat(testOutcome()).contains("is not the gateway");
        settings.put("gatewayURL", "https://qualysapi.qg2.apps.qualys.eu");
        assertThat(testOutcome()).contains("Write its gateway: gateway.qg2.apps.qualys.eu.");
        settings.put("gatewayURL", "http://127.0.0.1:1");
        assertThat(testOutcome()).contains("did not answer");
        assertThat(testOutcome()).doesNotContain("etm-password");
    }

    private String testOutcome() throws InterruptedException {
        ConnectionTest test = new QualysEtmApi().test(settings());
        return test.checks().stream()
                .filter(check -> check.outcome() == ConnectionTest.Outcome.FAILED)
                .map(ConnectionTest.Check::message)
                .reduce("", String::concat);
    }

    @Test
    void whatIsThereIsReadBackAndComparedIfThatIsAskedFor() {
        settings.put("verificationQuery", "finding.vendorProductName:`Cortex XDR` and finding.status:ACTIVE");
        hosts(150);
        gateway.inject("sync@2:207=2");
        deliver();
        assertThat(verifications).singleElement().satisfies(verification -> {
            assertThat(verification.expected()).isEqualTo(300);
            assertThat(verification.found()).contains(296L);
            assertThat(verification.failure()).isEmpty();
        });
        verifications.clear();
        INVENTORY.hosts().put("ep-7", new Host("host-7", Set.of("CVE-2025-1")));
        INVENTORY.sync();
        gateway.inject("report@1:503");
        gateway.inject("report@2:revoke");
        deliver();
        assertThat(verifications).singleElement().satisfies(verification -> {
            assertThat(verification.expected()).isEqualTo(299);
            assertThat(verification.found()).contains(299L);
        });
    }

    @Test
    void aReportThatCannotBeHadDoesNotFailTheDelivery() {
        settings.put("verificationQuery", "finding.vendorProductName:`Cortex XDR`");
        hosts(2);
        gateway.inject("report:500");
        assertThat(deliver().accepted()).isEqualTo(2);
        assertThat(verifications).singleElement().satisfies(verification -> {
            assertThat(verification.found()).isEmpty();
            assertThat(verification.failure().orElse("")).contains("status 500");
        });
    }

    @Test
    void aVerificationThatCannotWorkIsAProblemOfTheSettings() {
        settings.put("verificationQuery", "Cortex XDR");
        assertThat(new QualysEtmApi().check(settings()))
                .extracting(problem -> problem.field())
                .containsExactly("verificationQuery");
        settings.put("verificationQuery", "finding.severity:5");
        assertThat(new QualysEtmApi().check(settings())).isEmpty();
        settings.put("findings", "off");
        assertThat(new QualysEtmApi().check(settings())).hasSize(1);
    }
}

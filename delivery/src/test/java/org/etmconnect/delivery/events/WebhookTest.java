// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.delivery.Deliveries;
import org.etmconnect.delivery.Delivery;
import org.etmconnect.delivery.DeliveryStore;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Patience;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.events.EventReceiver.Fault;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.DestinationDraft;
import org.etmconnect.inventory.configuration.DestinationOutcome;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.configuration.DestinationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.schedule.Schedule;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class WebhookTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();

    @TempDir
    private static Path directory;

    private final EventReceiver receiver = new EventReceiver();
    private final Webhook webhook = new Webhook(
            new Patience(5, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(5)), Duration.ofMillis(100));
    private final DeliveryStore store = new DeliveryStore(INVENTORY.database(), Clock.systemUTC());
    private DestinationStore destinations;
    private Deliveries deliveries;
    private int destination;
    private Duration answerWithin = Duration.ofSeconds(20);

    @BeforeAll
    static void warmUp() {
        // the receiver loads its classes here, and not while a sender waits
        new Follower().take(CloudEvents.trial("/test", "1", Instant.now()));
    }

    @BeforeEach
    void start() {
        INVENTORY.empty();
        destinations = new DestinationStore(new ConfigurationStore(
                INVENTORY.database(), KeySet.openOrCreate(directory.resolve("keys")), true, Clock.systemUTC()));
        deliveries = server();
        deliveries.start();
    }

    private Deliveries server() {
        return new Deliveries(
                INVENTORY.database(),
                destinations,
                store,
                List.of(webhook),
                Clock.systemUTC(),
                Duration.ofMillis(50),
                Duration.ofSeconds(40));
    }

    @AfterEach
    void stop() {
        deliveries.close();
        receiver.close();
    }

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    private DestinationSettings settings(Map<String, String> more) {
        Map<String, String> values = new HashMap<>(Map.of("url", receiver.url().toString(), "batchSize", "3"));
        values.putAll(more);
        return new DestinationSettings(
                values, Map.of("signingSecret", Secret.of(EventReceiver.SECRET)), network(answerWithin));
    }

    private static NetworkOptions network(Duration patience) {
        NetworkOptions options = NetworkOptions.defaults().withPlainHttp(true);
        return new NetworkOptions(
                options.proxy(), options.caCertificatesPem(), options.connectTimeout(), patience, 8, 8, true);
    }

    private void create(boolean active, Map<String, String> more) {
        DestinationSettings settings = settings(more);
        destination = ((DestinationOutcome.Saved) destinations.create(draft(active, settings)))
                .destination()
                .id();
    }

    private DestinationDraft draft(boolean active, DestinationSettings settings) {
        return new DestinationDraft(
                "Hook", "", "webhook", settings, active, false, new Schedule.None(), webhook.events(settings));
    }

    private void host(String key, String... cves) {
        INVENTORY.hosts().put(key, new Host("host-" + key, Set.of(cves)));
    }

    private Delivery ended() throws InterruptedException {
        for (int tries = 0; tries < 1_000; tries++) {
            List<Delivery> all = store.list(destination, 1);
            if (!all.isEmpty() && all.getFirst().state().ended()) {
                return all.getFirst();
            }
            Thread.sleep(20);
        }
        throw new AssertionError("No delivery ended: " + store.list(destination, 3));
    }

    private void untilNothingWaits() throws InterruptedException {
        for (int tries = 0; tries < 1_000; tries++) {
            if (waiting() == 0 && ended().state() == Delivery.State.DELIVERED) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("Still waits: " + INVENTORY.text("select json_agg(e)::text from change_event e")
                + store.list(destination, 3));
    }

    private long waiting() {
        return new PendingEvents(INVENTORY.database(), destination).status().events();
    }

    @Test
    void whatChangesIsToldAsItChangesInOrderAndSigned() throws InterruptedException {
        create(true, Map.of());
        host("a", "CVE-1", "CVE-2");
        host("b");
        INVENTORY.sync();
        untilNothingWaits();
        assertThat(receiver.follower().types())
                .containsExactlyInAnyOrder("asset.new", "asset.new", "finding.opened", "finding.opened");
        host("a", "CVE-2", "CVE-3");
        INVENTORY.hosts().remove("b");
        INVENTORY.sync();
        host("a", "CVE-1", "CVE-3");
        host("b", "CVE-1");
        INVENTORY.sync();
        INVENTORY.fail("The key was refused.");
        untilNothingWaits();
        assertThat(receiver.follower().types().stream().skip(4))
                .containsExactlyInAnyOrder(
                        "finding.opened",
                        "finding.fixed",
                        "asset.retired",
                        "finding.reopened",
                        "finding.opened",
                        "finding.fixed",
                        "asset.returned",
                        "run.failed");
        assertThat(receiver.follower().state()).isEqualTo(Follower.state(INVENTORY));
        assertThat(receiver.requests())
                .allMatch(request -> request.contentType().startsWith("application/cloudevents-batch+json")
                        && request.events().size() <= 3);
        assertThat(ended().trigger()).isEqualTo(Delivery.Trigger.CHANGE);
        assertThat(store.list(destination, 20).stream()
                        .mapToLong(each -> each.counts().accepted())
                        .sum())
                .isEqualTo(12);
    }

    @Test
    void anEventSaysWhatHappenedToWhom() throws InterruptedException {
        create(true, Map.of("batchSize", "1", "source", "/etm/berlin"));
        host("a", "CVE-1");
        INVENTORY.sync();
        INVENTORY.fail("The key was refused.");
        untilNothingWaits();
        List<CloudEvent> events = receiver.follower().events();
        CloudEvent opened = events.get(1);
        assertThat(opened.getType()).isEqualTo("org.etmconnect.finding.opened");
        assertThat(opened.getSource()).hasToString("/etm/berlin");
        assertThat(opened.getSubject()).isEqualTo("assets/1/findings/CVE-1");
        assertThat(opened.getExtension("partitionkey")).isEqualTo("asset-1");
        assertThat(String.valueOf(opened.getExtension("sequence")))
                .isGreaterThan(String.valueOf(events.getFirst().getExtension("sequence")));
        JsonNode data = Follower.data(opened);
        assertThat(data.at("/asset/name").asString()).isEqualTo("host-a");
        assertThat(data.at("/finding/severity").asInt()).isEqualTo(3);
        assertThat(data.at("/record/nativeKey").asString()).isEqualTo("a");
        assertThat(data.at("/record/connection/name").asString()).isEqualTo("Tenant");
        assertThat(Follower.data(events.getFirst()).at("/asset/domain").asString())
                .isEqualTo("corp.example");
        JsonNode failed = Follower.data(events.get(2));
        assertThat(failed.at("/run/failureMessage").asString()).isEqualTo("The key was refused.");
        assertThat(failed.at("/run/connection/id").asInt()).isEqualTo(1);
        assertThat(receiver.requests())
                .allMatch(request -> request.contentType().startsWith("application/cloudevents+json"));
    }

    @Test
    void aReceiverThatFailsAnswersLateOrCutsConnectionsGetsEverythingInOrder() throws InterruptedException {
        answerWithin = Duration.ofSeconds(1);
        create(true, Map.of());
        receiver.then(
                new Fault.Status(500, ""),
                new Fault.Cut(),
                new Fault.TakenAndCut(),
                new Fault.Slow(Duration.ofMillis(1_500)),
                new Fault.Slow(Duration.ZERO),
                new Fault.TakenAndCut());
        host("a", "CVE-1", "CVE-2");
        host("b", "CVE-1");
        INVENTORY.sync();
        host("a", "CVE-2", "CVE-3");
        INVENTORY.sync();
        host("a", "CVE-1");
        INVENTORY.sync();
        untilNothingWaits();
        assertThat(receiver.follower().state()).isEqualTo(Follower.state(INVENTORY));
        Map<Object, String> last = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (CloudEvent event : receiver.follower().events()) {
            String sequence = String.valueOf(event.getExtension("sequence"));
            if (seen.add(event.getId())) {
                assertThat(sequence)
                        .as("order of " + event.getSubject())
                        .isGreaterThan(last.getOrDefault(event.getExtension("partitionkey"), ""));
                last.put(event.getExtension("partitionkey"), sequence);
            }
        }
        assertThat(receiver.follower().events()).as("with repeats").hasSizeGreaterThan(seen.size());
    }

    @Test
    void whereNobodyIsToBeToldNothingIsWrittenDown() {
        create(false, Map.of());
        host("a", "CVE-1");
        INVENTORY.sync();
        INVENTORY.fail("x");
        assertThat(waiting()).isZero();
    }

    @Test
    void aReceiverThatSaysWhenIsNotAskedSooner() throws InterruptedException {
        create(true, Map.of());
        receiver.then(new Fault.Status(429, "Retry-After=1"), new Fault.Status(503, "Retry-After=1"));
        INVENTORY.fail("x");
        untilNothingWaits();
        List<EventReceiver.Request> requests = receiver.requests();
        assertThat(requests).hasSize(3);
        assertThat(requests)
                .extracting(EventReceiver.Request::id)
                .containsOnly(requests.getFirst().id());
        for (int i = 1; i < 3; i++) {
            assertThat(Duration.between(
                            requests.get(i - 1).at(), requests.get(i).at()))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(990));
        }
    }

    @Test
    void aReceiverThatAsksForMoreTimeThanThereIsIsTriedAgainLater() throws InterruptedException {
        create(true, Map.of());
        receiver.then(new Fault.Status(429, "Retry-After=9223372036854775807"));
        INVENTORY.fail("x");
        Delivery failed = ended();
        assertThat(failed.failureKind()).contains(FailureKind.RATE_LIMITED);
        assertThat(failed.failureMessage().orElse("")).contains("tried again later");
    }

    @Test
    void anEventThatIsRefusedIsSetAsideAndOnlyItsAssetWaits() throws InterruptedException {
        create(true, Map.of());
        receiver.refuse("CVE-66");
        host("a", "CVE-1", "CVE-66", "CVE-7");
        host("b", "CVE-1");
        host("c", "CVE-7");
        INVENTORY.sync();
        Delivery partly = ended();
        assertThat(partly.state()).isEqualTo(Delivery.State.DELIVERED_PARTLY);
        assertThat(store.rejections(partly.id()))
                .extracting(Rejection::reason)
                .singleElement()
                .asString()
                .contains("422", "I do not like CVE-66");
        PendingEvents.Status status = new PendingEvents(INVENTORY.database(), destination).status();
        assertThat(status.refused()).extracting(PendingEvents.Refused::event).containsExactly("finding.opened");
        assertThat(receiver.follower().types())
                .filteredOn("finding.opened"::equals)
                .hasSize(3);
        host("a");
        host("b");
        INVENTORY.sync();
        Thread.sleep(500);
        assertThat(receiver.follower().types())
                .filteredOn("finding.fixed"::equals)
                .hasSize(1);
        receiver.refuse("");
        deliveries.queue(destination, false);
        untilNothingWaits();
        assertThat(receiver.follower().state()).isEqualTo(Follower.state(INVENTORY));
    }

    @Test
    void anEventThatIsNeverTakenIsGivenUpByAPerson() throws InterruptedException {
        create(true, Map.of());
        receiver.refuse("CVE-2");
        host("a", "CVE-1", "CVE-2", "CVE-3");
        INVENTORY.sync();
        ended();
        PendingEvents pending = new PendingEvents(INVENTORY.database(), destination);
        assertThat(pending.status().events()).isEqualTo(2);
        assertThat(pending.discard()).isEqualTo(1);
        untilNothingWaits();
        assertThat(receiver.follower().types())
                .filteredOn("finding.opened"::equals)
                .hasSize(2);
    }

    @Test
    void whatWasSentWhenTheServerStoppedIsSentAgain() throws InterruptedException {
        answerWithin = Duration.ofSeconds(1);
        create(true, Map.of());
        receiver.then(new Fault.Slow(Duration.ofMillis(1_500)));
        host("a", "CVE-1", "CVE-2", "CVE-3", "CVE-4");
        INVENTORY.sync();
        while (receiver.requests().isEmpty()) {
            Thread.sleep(5);
        }
        deliveries.close();
        assertThat(waiting()).as("nothing was acknowledged").isEqualTo(5);
        assertThat(receiver.follower().events()).as("but received").isNotEmpty();
        deliveries = server();
        deliveries.start();
        untilNothingWaits();
        assertThat(receiver.follower().state()).isEqualTo(Follower.state(INVENTORY));
        assertThat(receiver.requests().get(1).events())
                .isEqualTo(receiver.requests().getFirst().events());
    }

    @Test
    void whatCouldNotBeForgottenIsSentAgain() throws InterruptedException {
        create(true, Map.of());
        INVENTORY.execute("""
                create function refuse_once() returns trigger language plpgsql as $$ begin
                    raise exception 'the database went away'; end $$;
                create trigger refuse_once before delete on change_event for each statement execute function refuse_once()""");
        try {
            INVENTORY.fail("x");
            assertThat(ended().failureKind()).contains(FailureKind.INTERNAL);
        } finally {
            INVENTORY.execute("drop function refuse_once cascade");
        }
        assertThat(receiver.requests()).hasSize(1);
        assertThat(waiting()).isEqualTo(1);
        deliveries.queue(destination, false);
        untilNothingWaits();
        assertThat(receiver.requests()).hasSize(2);
        assertThat(receiver.requests().getLast().events())
                .isEqualTo(receiver.requests().getFirst().events());
    }

    @Test
    void aReceiverThatIsDownIsTriedEverLessOften() throws InterruptedException {
        create(true, Map.of());
        for (int i = 0; i < 5; i++) {
            receiver.then(new Fault.Status(502, ""));
        }
        INVENTORY.fail("x");
        Delivery failed = ended();
        assertThat(failed.failureKind()).contains(FailureKind.REMOTE_UNAVAILABLE);
        assertThat(failed.failureMessage().orElse("")).contains("502").contains("nothing is lost");
        Thread.sleep(300);
        assertThat(store.list(destination, 10)).hasSize(1);
        INVENTORY.execute("update delivery set finished_at = finished_at - interval '61 seconds'");
        untilNothingWaits();
        assertThat(store.list(destination, 10)).hasSize(2);
    }

    @Test
    void whoComesLateIsToldEverythingThatIsThere() throws InterruptedException {
        host("a", "CVE-1", "CVE-2");
        host("b", "CVE-1");
        INVENTORY.sync();
        INVENTORY.hosts().remove("b");
        INVENTORY.sync();
        create(true, Map.of());
        deliveries.queue(destination, true);
        untilNothingWaits();
        assertThat(receiver.follower().types())
                .containsExactlyInAnyOrder("asset.present", "asset.retired", "finding.present", "finding.present");
        assertThat(receiver.follower().state()).isEqualTo(Follower.state(INVENTORY));
    }

    @Test
    void aRedirectIsNotFollowedAndAForbiddenAddressNotCalled() throws InterruptedException {
        receiver.then(new Fault.Status(307, "Location=http://169.254.169.254/latest"));
        ConnectionTest redirected = webhook.test(settings(Map.of()));
        assertThat(redirected.passed()).isFalse();
        assertThat(redirected.checks().getFirst().message()).contains("Redirects are not followed");
        DestinationSettings guarded = settings(Map.of());
        guarded = new DestinationSettings(
                guarded.values(), guarded.secrets(), guarded.network().withTargets(Targets.internet()));
        assertThat(webhook.check(guarded)).extracting(Problem::field).containsExactly("url");
        assertThat(webhook.test(guarded).passed()).isFalse();
        assertThat(receiver.requests()).hasSize(1);
    }

    @Test
    void aTestSendsOneSignedEventAndSaysWhatIsWrong() throws InterruptedException {
        assertThat(webhook.test(settings(Map.of())).passed()).isTrue();
        assertThat(receiver.follower().types()).containsExactly("test");
        DestinationSettings other = new DestinationSettings(
                settings(Map.of()).values(),
                Map.of("signingSecret", Secret.of("whsec_" + "abcd".repeat(8)), "authorization", Secret.of("Bearer t")),
                network(Duration.ofSeconds(20)));
        ConnectionTest wrong = webhook.test(other);
        assertThat(wrong.checks().getFirst().kind()).contains(FailureKind.AUTHENTICATION);
        assertThat(receiver.requests().getLast().authorization()).isEqualTo("Bearer t");
        DestinationSettings changing = new DestinationSettings(
                other.values(),
                Map.of(
                        "signingSecret",
                        Secret.of("whsec_" + "abcd".repeat(8)),
                        "formerSigningSecret",
                        Secret.of(EventReceiver.SECRET)),
                other.network());
        assertThat(webhook.test(changing).passed())
                .as("signed with the former secret too")
                .isTrue();
    }

    @Test
    void settingsThatCannotWorkAreRefusedAndSecretsNotShown() {
        List<Problem> problems = webhook.check(new DestinationSettings(
                Map.of("url", "http://user@example.com/x", "batchSize", "0", "events", "some", "source", "a b"),
                Map.of("signingSecret", Secret.of("hunter2!"), "authorization", Secret.of("a\nb: c")),
                NetworkOptions.defaults()));
        assertThat(problems)
                .extracting(Problem::field)
                .contains("url", "batchSize", "events", "source", "signingSecret", "authorization");
        assertThat(problems.toString()).doesNotContain("hunter2");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code etm apply} and {@code etm export} against real servers that start empty. */
class ConfigurationFilesTest {

    private static final String KEY = "planted-key-of-configuration-files";
    private static final Map<String, String> KEYS =
            Map.of("ETM_ACME_APIKEY", KEY, "ETM_HEAD_OFFICE_APIKEY", SimulatorSettings.DEFAULT_KEY);

    /** The names keep the documents of the tests apart on the one server. */
    private static final String ACME = """
            apiVersion: etm-connect/v1
            kind: Connection
            name: NAME
            connector: cortex-xdr
            findingTypes: [VULNERABILITY, HOST_ASSET]
            values:
              # As a person pastes it; the server completes it.
              baseURL: https://acme.xdr.eu.paloaltonetworks.com/
              x-xdr-auth-id: 7
            secrets:
              apiKey: {fromEnv: ETM_ACME_APIKEY}
            """;

    @TempDir
    private static Path folder;

    private static RealServer first;
    private static RealServer second;

    @BeforeAll
    static void start() {
        first = RealServer.start(folder.resolve("first"));
        second = RealServer.start(folder.resolve("second"));
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
    }

    private static RealServer.Answer apply(String text, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "apply";
        arguments[1] = "-f";
        arguments[2] = "-";
        System.arraycopy(more, 0, arguments, 3, more.length);
        return first.etm(KEYS, text, arguments);
    }

    private static String acme(String name) {
        return ACME.replace("NAME", name);
    }

    private static String map(String name) {
        try (var in = org.etmconnect.connector.Connector.class.getResourceAsStream(
                "/org/etmconnect/cortexxdr/default-transform-map.yaml")) {
            assertThat(in).isNotNull();
            return "apiVersion: etm-connect/v1\nkind: TransformMap\n"
                    + new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .replaceFirst("name: .*", "name: " + name)
                            .replace("HIGH: 4", "HIGH: 5")
                            .replace("rows:", "# Ours face the internet.\nrows:");
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static String profile(String connection, String name, String more) {
        return "apiVersion: etm-connect/v1\nkind: Profile\nconnection: " + connection + "\nname: " + name + "\n" + more;
    }

    private static List<String> results(RealServer.Answer answer) {
        assertThat(answer.status()).as(answer.err()).isZero();
        return answer.json()
                .path("items")
                .valueStream()
                .map(item ->
                        item.path("kind").asString() + " " + item.path("result").asString())
                .toList();
    }

    @Test
    void fromAnEmptyDirectoryToAnswersAndBack() throws Exception {
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(7, 300, 15, LocalDate.of(2026, 1, 5)))
                        .withPort(0))) {
            LocalDateTime then = LocalDateTime.of(2031, 12, 1, 2, 0);
            Path file = Files.writeString(
                    folder.resolve("head-office.yaml"),
                    profile("Head office", "Then", """
                                    transformMap: Exposed servers
                                    schedule: {kind: SINGLE_OCCURRENCE, at: %s, zone: UTC}
                                    """.formatted(then))
                            + "---\n"
                            + acme("Head office")
                                    .replace(
                                            "https://acme.xdr.eu.paloaltonetworks.com/",
                                            tenant.baseUrl().toString())
                                    .replace("auth-id: 7", "auth-id: 1")
                                    .replace("ETM_ACME", "ETM_HEAD_OFFICE")
                            + "network: {requestsPerSecond: 200}\n---\n"
                            + map("Exposed servers"));

            RealServer.Answer applied = first.etm(KEYS, "", "apply", "-f", file.toString(), "--output", "json");
            assertThat(results(applied))
                    .containsExactly("TransformMap created", "Connection created", "Profile created");
            assertThat(applied.json().at("/items/2/notices"))
                    .as("whether it was stored before its time")
                    .isEmpty();
            assertThat(results(first.etm(KEYS, "", "apply", "-f", file.toString(), "--output", "json")))
                    .containsExactly("TransformMap unchanged", "Connection unchanged", "Profile unchanged");

            String task =
                    "task_name = 'profile' and task_instance = (select profile_id::text from profile where name = 'Then')";
            assertThat(first.sql("select execution_time at time zone 'UTC' from scheduled_tasks where " + task))
                    .as("when its run is due")
                    .isEqualTo("2031-12-01 02:00:00");
            // the minute comes
            first.sql("update scheduled_tasks set execution_time = now() where " + task + " returning 1");

            assertThat(runOf("Head office").path("state").asString()).isEqualTo("PROCESSED");
            JsonNode assets = first.etm("assets", "asset.inventory:(source:`Cortex XDR`)", "--output", "json", "--all")
                    .json();
            assertThat(assets.size()).isGreaterThan(250);
            String findings = "finding.vendorProductName:`Cortex XDR`";
            assertThat(first.etm("findings", findings + " and finding.severity:5", "--output", "json")
                            .json())
                    .isNotEmpty();
            // Only the changed row makes that so: the tenant has CVEs of severity HIGH.
            assertThat(first.etm("findings", findings + " and finding.severity:4", "--output", "json")
                            .json())
                    .isEmpty();

            RealServer.Answer exported = first.etm("export", "--name", "Head office", "--name", "Then");
            assertThat(exported.out())
                    .contains("apiKey:\n    fromEnv: ETM_HEAD_OFFICE_APIKEY\n")
                    .contains("at: " + then)
                    .doesNotContain(SimulatorSettings.DEFAULT_KEY);
            assertThat(results(first.etm(KEYS, exported.out(), "apply", "-f", "-", "--output", "json")))
                    .containsExactly("Connection unchanged", "Profile unchanged");
        }
    }

    @Test
    void destinationsAreStoredComparedAndExportedWithTheCredentialsThatTheyHave() throws InterruptedException {
        String hook = """
                apiVersion: etm-connect/v1
                kind: Destination
                name: Ticket system
                destinationKind: webhook
                values:
                  url: http://127.0.0.1:9/hook
                  events: inventory
                secrets:
                  signingSecret: {fromEnv: ETM_TICKET_SYSTEM_SIGNINGSECRET}
                active: false
                ---
                apiVersion: etm-connect/v1
                kind: Destination
                name: Files
                destinationKind: qualys-etm-csv
                values: {target: directory, directory: etm}
                afterRuns: true
                schedule: {kind: RECURRING, start: 2031-12-01T02:00, every: 1, unit: DAYS, zone: UTC}
                """;
        String secret = "whsec_" + "abcd".repeat(10);
        Map<String, String> environment = Map.of("ETM_TICKET_SYSTEM_SIGNINGSECRET", secret);
        String[] arguments = {"apply", "-f", "-", "--output", "json"};
        assertThat(first.etm(Map.of(), hook, arguments).err())
                .contains("ETM_TICKET_SYSTEM_SIGNINGSECRET is not set")
                .contains("Nothing was changed");
        assertThat(results(first.etm(environment, hook, arguments)))
                .containsExactly("Destination created", "Destination created");
        assertThat(results(first.etm(environment, hook, arguments)))
                .containsExactly("Destination unchanged", "Destination unchanged");
        RealServer.Answer exported = first.etm("export", "--kind", "Destination");
        assertThat(exported.out())
                .contains("destinationKind: webhook", "signingSecret:\n    fromEnv: ETM_TICKET_SYSTEM_SIGNINGSECRET")
                .doesNotContain("whsec_", "FORMERSIGNINGSECRET", "AUTHORIZATION");
        assertThat(results(first.etm(environment, exported.out(), arguments)))
                .containsExactly("Destination unchanged", "Destination unchanged");
        RealServer.Answer changed = first.etm(
                Map.of("ETM_TICKET_SYSTEM_SIGNINGSECRET", "whsec_" + "bcde".repeat(10)),
                hook.replace("events: inventory", "events: runs").replace("every: 1", "every: 2"),
                "apply",
                "-f",
                "-",
                "--dry-run");
        assertThat(changed.out())
                .contains("values.events: inventory -> runs", "secrets.signingSecret: another credential (not shown)")
                .contains("schedule.every: 1 -> 2");
        RealServer.Answer wrong =
                first.etm(environment, hook.replace("destinationKind: webhook", "destinationKind: fax"), arguments);
        assertThat(wrong.err()).contains("(standard input):4: kind: Leave it webhook");
        for (JsonNode destination : first.api().get("/api/v1/destinations").path("items")) {
            first.api().delete("/api/v1/destinations/" + destination.path("id").asInt());
        }
    }

    private static JsonNode runOf(String connection) throws InterruptedException {
        Api api = first.api();
        int id = api.get("/api/v1/connections")
                .path("items")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(connection))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asInt();
        for (int tries = 0; tries < 700; tries++) {
            JsonNode runs =
                    api.get("/api/v1/runs", Map.of("connectionId", "" + id)).path("items");
            if (!runs.isEmpty() && runs.path(0).path("ended").asBoolean()) {
                return runs.path(0);
            }
            Thread.sleep(200);
        }
        throw new AssertionError("The schedule did not fire, or its run did not end, in time");
    }

    @Test
    void anExportMakesAnEmptyServerTheSameToTheByte() throws IOException {
        apply(map("Twice pinned") + "---\n" + map("Not pinned"));
        apply(map("Twice pinned") + "\n# second\n");
        apply(map("Twice pinned") + "\n# third\n");
        String twice =
                profile("Of two pins", "On two", "transformMap: Twice pinned\ntransformMapVersion: 2\nactive: false\n")
                        + "---\n"
                        + profile("Of two pins", "By cron", """
                        description: 'nightly: # all'
                        transformMap: Not pinned
                        schedule: {kind: RECURRING, start: 2031-12-01T02:00, end: 2032-01-01T00:00, cron: 30 2 * * 1-5, zone: Europe/Berlin}
                        """);
        assertThat(results(apply(acme("Of two pins") + "---\n" + twice, "--output", "json")))
                .containsExactly("Connection created", "Profile created", "Profile created");

        String exported = first.etm("export").out();
        assertThat(exported).doesNotContain(KEY).contains("version: 2\n").contains("version: 3\n");
        Path files = folder.resolve("export");
        assertThat(first.etm("export", "-o", files.toString()).status()).isZero();
        Map<String, String> keys = Map.of(
                "ETM_OF_TWO_PINS_APIKEY", KEY,
                "ETM_HEAD_OFFICE_APIKEY", SimulatorSettings.DEFAULT_KEY,
                "ETM_ACME_APIKEY", KEY);
        String text = exported;
        for (String line :
                exported.lines().filter(each -> each.contains("fromEnv:")).toList()) {
            keys = with(keys, line.substring(line.indexOf(':') + 2).strip());
        }

        RealServer.Answer applied = second.etm(keys, "", "apply", "-f", files.toString());
        assertThat(applied.status()).as(applied.err()).isZero();
        assertThat(second.etm("export").out()).isEqualTo(text);
        assertThat(results(second.etm(keys, text, "apply", "-f", "-", "--output", "json")))
                .allMatch(result -> result.endsWith("unchanged"));
    }

    private static Map<String, String> with(Map<String, String> keys, String variable) {
        Map<String, String> more = new java.util.HashMap<>(keys);
        more.putIfAbsent(variable, KEY);
        return more;
    }

    @Test
    void aDryRunSaysEachFieldButNeverACredentialAndChangesNothing() {
        apply(acme("Dry"));
        String changed = acme("Dry").replace("HOST_ASSET]", "HOST_ASSET]\ndescription: new")
                + "network: {parallelRequests: 3}\n";
        RealServer.Answer dry =
                first.etm(Map.of("ETM_ACME_APIKEY", "another-planted-key"), changed, "apply", "-f", "-", "--dry-run");

        assertThat(dry.status()).as(dry.err()).isZero();
        assertThat(dry.out())
                .contains("Connection  Dry  would be updated")
                .contains("description:  -> new")
                .contains("network.parallelRequests: 8 -> 3")
                .contains("secrets.apiKey: another credential (not shown)")
                .contains("0 to create, 1 to update, 0 unchanged")
                .doesNotContain("planted");
        assertThat(results(apply(acme("Dry"), "--output", "json"))).containsExactly("Connection unchanged");
    }

    @Test
    void aConnectionThatIsNotThereNeedsItsCredentialAndAStoredOneKeepsIt() {
        RealServer.Answer fresh = first.etm(Map.of(), acme("Without key"), "apply", "-f", "-");
        assertThat(fresh.status()).isEqualTo(1);
        assertThat(fresh.err())
                .contains("(standard input):11: secrets.apiKey of Connection \"Without key\"")
                .contains("ETM_ACME_APIKEY is not set")
                .contains("Nothing was changed.");

        apply(acme("With key"));
        RealServer.Answer kept = first.etm(Map.of(), acme("With key"), "apply", "-f", "-");
        assertThat(kept.status()).as(kept.err()).isZero();
        assertThat(kept.out())
                .contains("unchanged")
                .contains("ETM_ACME_APIKEY is not set; the stored credential stays");
    }

    @Test
    void everythingIsCheckedBeforeAnythingIsChanged() {
        RealServer.Answer refused = apply(acme("Never made").replace("acme.xdr", "nonsense host")
                + "---\n"
                + map("Never made").replace("target: hostName", "target: hostNme")
                + "---\n"
                + profile("Nobody", "x", "transformMap: Never made\n")
                + "---\n"
                + profile("Never made", "x", "transformMap: No such map\nschedule: {kind: RECURRING, cron: x}\n"));

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .contains("(standard input):8: baseURL: ")
                .contains("(standard input):24:13: target: ")
                .contains("hostName")
                .contains("There is no connection \"Nobody\"")
                .contains("Nothing was changed.");
        assertThat(first.etm("export", "--name", "Never made").status()).isEqualTo(1);
    }

    @Test
    void theRulesAreReplacedAsOneListWithTheSwitchesOfAConnection() {
        String rules = """
                apiVersion: etm-connect/v1
                kind: IdentificationRules
                rules:
                  - name: FQDN
                  - name: Name and address
                    attributes: [HOST_NAME, IP_ADDRESS]
                connections:
                  - connection: Ruled
                    createUnmanagedAsset: false
                    switches: [{rule: Name and address, enabled: false}]
                """;
        String before =
                first.etm(KEYS, "", "export", "--kind", "IdentificationRules").out();

        assertThat(apply(acme("Ruled") + "---\n" + rules).status()).isZero();

        assertThat(first.etm(KEYS, "", "export", "--kind", "IdentificationRules")
                        .out())
                .contains("- name: FQDN\n    enabled: true\n  - name: Name and address\n")
                .contains("- connection: Ruled\n    createUnmanagedAsset: false\n    switches:\n")
                .contains("- name: MAC address\n    enabled: false\n");
        assertThat(apply(rules, "--dry-run").out()).contains("unchanged");
        assertThat(apply(before).status()).isZero();
        assertThat(apply(before, "--dry-run").out()).contains("unchanged");
    }

    @Test
    void aMistakeInTheRulesIsSaidWithItsLine() {
        RealServer.Answer refused = apply("""
                apiVersion: etm-connect/v1
                kind: IdentificationRules
                rules:
                  - name: FQDN
                connections:
                  - connection: Nowhere
                """);

        assertThat(refused.status()).isNotZero();
        assertThat(refused.err())
                .contains("(standard input):5: connections[0].connection: There is no connection \"Nowhere\"");
    }

    @Test
    void aMapOfAConnectorIsNotOverwritten() {
        RealServer.Answer refused = apply(map("Cortex XDR Transformation Map (Vulnerabilities)"));

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("(standard input):3: name: A connector ships");
    }

    @Test
    void aPinnedVersionDoesNotChange() {
        apply(map("Pinned").replace("kind: TransformMap", "kind: TransformMap\nversion: 5"));
        RealServer.Answer refused = apply(map("Pinned")
                .replace("kind: TransformMap", "kind: TransformMap\nversion: 5")
                .replace("HIGH: 5", "HIGH: 3"));

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err())
                .contains("(standard input):3: version: Version 5")
                .contains("number 6");
    }
}

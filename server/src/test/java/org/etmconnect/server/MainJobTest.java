// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** From a tenant to the two queries, over HTTP on both sides. */
class MainJobTest {

    private static final String ASSETS = TestServer.encode("asset.inventory:(source:`Cortex XDR`)");
    private static final String FINDINGS = TestServer.encode("finding.vendorProductName:`Cortex XDR`");

    private static CortexXdrSimulator tenant;
    private static JsonNode connection;
    private static JsonNode run;

    @BeforeAll
    static void syncOnce() {
        tenant = HeadOffice.tenant();
        connection = HeadOffice.connection();
        run = HeadOffice.run();
    }

    /** CVEs that the tenant's people dismissed are left out by the connector. */
    private static Truth truth() {
        return truth(Truth.Dismissed.LEFT_OUT);
    }

    private static Truth truth(Truth.Dismissed dismissed) {
        return Truth.over(tenant.population(), List.of(0), dismissed).getLast();
    }

    @Test
    void theTenantHasDismissedVulnerabilitiesSoThatLeavingThemOutShows() {
        assertThat(truth(Truth.Dismissed.COUNTED).openFindings()).isGreaterThan(truth().openFindings());
    }

    @Test
    void theCountsAreTheTenantsTruth() {
        assertThat(run.path("state").asString()).isEqualTo("PROCESSED");
        assertThat(run.path("sealed").asBoolean()).isTrue();
        assertThat(run.at("/counts/assetsNew").asLong()).isEqualTo(truth().assets());
        assertThat(run.at("/counts/findingsNew").asLong()).isEqualTo(truth().openFindings());
    }

    @Test
    void bothQueriesCountWhatTheTenantHas() {
        JsonNode assets = TestServer.json(TestServer.get("/api/v1/assets?limit=1&count=1000000&query=" + ASSETS));
        JsonNode findings = TestServer.json(TestServer.get("/api/v1/findings?limit=1&count=1000000&query=" + FINDINGS));

        assertThat(assets.at("/count/value").asLong()).isEqualTo(truth().assets());
        assertThat(assets.at("/count/exact").asBoolean()).isTrue();
        assertThat(findings.at("/count/value").asLong()).isEqualTo(truth().openFindings());
        JsonNode bounded = TestServer.json(TestServer.get("/api/v1/findings?limit=1&count=10&query=" + FINDINGS));
        assertThat(bounded.at("/count/value").asLong()).isEqualTo(10);
        assertThat(bounded.at("/count/exact").asBoolean()).isFalse();
    }

    @Test
    void thePagesTogetherHoldEachAssetOnce() {
        Set<Integer> seen = new HashSet<>();
        List<Integer> all = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            String path = "/api/v1/assets?limit=60&query=" + ASSETS
                    + cursor.map(text -> "&cursor=" + TestServer.encode(text)).orElse("");
            JsonNode page = TestServer.json(TestServer.get(path));
            page.path("items").forEach(asset -> {
                all.add(asset.path("id").asInt());
                seen.add(asset.path("id").asInt());
            });
            cursor = page.path("nextCursor").stringValueOpt();
        } while (cursor.isPresent());

        assertThat(all).hasSize((int) truth().assets()).hasSameSizeAs(seen);
    }

    @Test
    void oneAssetShowsItsSourceItsMappedAndItsRawRecordAndWhyItIsThere() {
        JsonNode finding = TestServer.json(TestServer.get("/api/v1/findings?limit=1&query=" + FINDINGS))
                .at("/items/0");
        String path = "/api/v1/assets/" + finding.path("assetId").asInt();
        JsonNode detail = TestServer.json(TestServer.get(path));
        JsonNode record = detail.at("/records/0");
        JsonNode raw = TestServer.json(
                TestServer.get(path + "/records/" + record.path("id").asInt() + "/source"));

        assertThat(record.path("product").asString()).isEqualTo("Cortex XDR");
        assertThat(record.at("/document/externalAssetId").asString())
                .isEqualTo(record.path("nativeKey").asString())
                .isEqualTo(raw.at("/record/endpoint_id").asString());
        assertThat(raw.at("/record/cves")
                        .valueStream()
                        .map(cve -> cve.path("name").asString()))
                .contains(finding.path("cveId").asString());
        assertThat(detail.path("identification")
                        .valueStream()
                        .map(entry -> entry.path("text").asString()))
                .isNotEmpty()
                .allSatisfy(text ->
                        assertThat(text).contains("run " + run.path("id").asInt()));
        assertThat(TestServer.json(
                        TestServer.get("/api/v1/findings/" + finding.path("id").asString())))
                .isEqualTo(finding);
    }

    @Test
    void aSecondRunFindsEverythingUnchanged() {
        JsonNode second = HeadOffice.runOnce();

        assertThat(second.at("/counts/assetsUnchanged").asLong()).isEqualTo(truth().assets());
        assertThat(second.at("/counts/findingsUnchanged").asLong()).isEqualTo(truth().openFindings());
        assertThat(second.at("/counts/findingsNew").asLong()).isZero();
        JsonNode log = TestServer.json(
                TestServer.get("/api/v1/runs/" + second.path("id").asInt() + "/log"));
        assertThat(log.path("items")).isNotEmpty();
    }

    @Test
    void theTestOfASavedConnectionPassesAndOneWithAWrongKeySaysSo() {
        String saved = "/api/v1/connections/" + connection.path("id").asInt() + "/test";
        assertThat(TestServer.json(TestServer.post(saved, "")).path("passed").asBoolean())
                .isTrue();

        JsonNode wrong = TestServer.json(TestServer.post(
                "/api/v1/connection-tests",
                HeadOffice.input("x", true).replace(SimulatorSettings.DEFAULT_KEY, "a-key-that-is-wrong")));
        assertThat(wrong.path("passed").asBoolean()).isFalse();
        assertThat(wrong.path("checks")
                        .valueStream()
                        .map(check -> check.path("kind").asString("")))
                .contains("AUTHENTICATION");
        assertThat(wrong.toString()).doesNotContain("a-key-that-is-wrong");
    }

    @Test
    void aStoredKeyIsNotSentToAnotherAddress() {
        String path = "/api/v1/connections/" + connection.path("id").asInt();
        String elsewhere =
                HeadOffice.input("Head office", false).replace(tenant.baseUrl().toString(), "http://127.0.0.1:9");

        HttpResponse<String> refused =
                TestServer.send("PUT", path, Optional.of(TestServer.token()), Optional.of(elsewhere));
        HttpResponse<String> same = TestServer.send(
                "PUT", path, Optional.of(TestServer.token()), Optional.of(HeadOffice.input("Head office", false)));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(refused).at("/fields/0/field").asString()).isEqualTo("apiKey");
        assertThat(same.statusCode()).as(same.body()).isEqualTo(200);
    }

    @Test
    void theKeyIsNowhereInTheDataDirectoryAndInNoAnswer() throws Exception {
        assertThat(TestServer.get("/api/v1/connections").body()).doesNotContain(SimulatorSettings.DEFAULT_KEY);
        Path data = TestServer.server().tokenFile().getParent();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(each -> !each.toString().contains("/database/software/"))
                    .toList()) {
                assertThat(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
                                .contains(SimulatorSettings.DEFAULT_KEY))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    @Test
    void anInactiveProfileDoesNotRun() {
        String profile = "/api/v1/profiles/" + connection.at("/profiles/0/id").asInt();
        Optional<String> token = Optional.of(TestServer.token());
        try {
            TestServer.send("PATCH", profile, token, Optional.of("{\"active\": false}"));

            assertThat(TestServer.post(profile + "/runs", "").statusCode()).isEqualTo(409);
        } finally {
            TestServer.send("PATCH", profile, token, Optional.of("{\"active\": true}"));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MapsTest {

    private static final AtomicInteger NAMES = new AtomicInteger();

    /** Versions of a deleted map go on counting under its name, so each test has names of its own. */
    private final String stricter = "Stricter " + NAMES.incrementAndGet();

    private final String servers = "Servers (" + NAMES.get() + ")";

    static final String DEFAULT = "Cortex XDR Transformation Map (Vulnerabilities)";

    static String path(String name) {
        return "/api/v1/maps/" + TestServer.encode(name).replace("+", "%20");
    }

    private static ObjectNode body() {
        return JsonMapper.shared().createObjectNode();
    }

    private static HttpResponse<String> send(String method, String path, JsonNode body) {
        return TestServer.send(method, path, Optional.of(TestServer.token()), Optional.of(body.toString()));
    }

    static HttpResponse<String> save(String name, String yaml, int base) {
        return send("PUT", path(name), body().put("yaml", yaml).put("baseVersion", base));
    }

    /** Makes a copy of the default map. */
    static JsonNode clone(String name) {
        HttpResponse<String> made = send("POST", path(DEFAULT) + "/clone", body().put("name", name));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return TestServer.json(made);
    }

    static HttpResponse<String> delete(String name) {
        return TestServer.send("DELETE", path(name), Optional.of(TestServer.token()), Optional.empty());
    }

    private static List<String> texts(JsonNode list, String pointer) {
        return list.valueStream().map(item -> item.at(pointer).asString()).toList();
    }

    @AfterEach
    void deleteWhatWasMade() {
        Stream.of(stricter, servers).forEach(MapsTest::delete);
    }

    @Test
    void theListShowsTheConnectorsMapReadOnlyAndWhoUsesIt() {
        HeadOffice.connection();
        clone(stricter);

        JsonNode items = TestServer.json(TestServer.get("/api/v1/maps")).path("items");

        assertThat(items.path(0).path("name").asString()).isEqualTo(DEFAULT);
        assertThat(items.path(0).path("readOnly").asBoolean()).isTrue();
        assertThat(texts(items.path(0).path("usedBy"), "")).contains("Head office / Default");
        JsonNode made = items.valueStream()
                .filter(item -> item.path("name").asString().equals(stricter))
                .findFirst()
                .orElseThrow();
        assertThat(made.path("readOnly").asBoolean()).isFalse();
        assertThat(made.path("version").asInt()).isEqualTo(1);
        assertThat(made.path("author").asString()).isEqualTo("local");
        assertThat(made.path("source").asString()).isEqualTo("Cortex XDR Endpoint");
    }

    @Test
    void aMapShowsItsRowsBesideItsText() {
        JsonNode map = TestServer.json(TestServer.get(path(DEFAULT)));

        assertThat(map.path("rows")).hasSize(22);
        JsonNode row = map.path("rows").path(15);
        assertThat(row.path("row").asInt()).isEqualTo(16);
        assertThat(row.path("target").asString()).isEqualTo("finding[].severity");
        assertThat(row.at("/values/CRITICAL").asInt()).isEqualTo(5);
        assertThat(map.path("yaml").asString()).contains("cves[].severity");
    }

    @Test
    void aCloneKeepsTheTextAndIsSavedVersionByVersion() {
        String yaml = clone(stricter).path("yaml").asString();
        assertThat(yaml).startsWith("name: \"" + stricter + "\"\n").contains("values: {CRITICAL: 5, HIGH: 4");

        JsonNode saved = TestServer.json(send(
                "PUT",
                path(stricter),
                body().put("yaml", yaml.replace("LOW: 2", "LOW: 3"))
                        .put("baseVersion", 1)
                        .put("comment", "Low is not that low")));

        assertThat(saved.path("version").asInt()).isEqualTo(2);
        JsonNode versions =
                TestServer.json(TestServer.get(path(stricter) + "/versions")).path("items");
        assertThat(texts(versions, "/version")).containsExactly("2", "1");
        assertThat(texts(versions, "/comment")).containsExactly("Low is not that low", "");
        assertThat(TestServer.json(TestServer.get(path(stricter) + "/versions/1"))
                        .path("yaml")
                        .asString())
                .isEqualTo(yaml);
    }

    @Test
    void aSaveOnTopOfAnOldVersionIsRefusedAndSaysWhoSavedSince() {
        String yaml = clone(stricter).path("yaml").asString();
        save(stricter, yaml.replace("LOW: 2", "LOW: 3"), 1);

        HttpResponse<String> late = save(stricter, yaml.replace("LOW: 2", "LOW: 1"), 1);

        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(TestServer.json(late).path("detail").asString()).contains("local saved version 2");
        assertThat(TestServer.json(TestServer.get(path(stricter))).path("yaml").asString())
                .contains("LOW: 3");
    }

    @Test
    void theDifferenceOfTwoVersionsIsShownByRowAndAsText() {
        String yaml = clone(stricter).path("yaml").asString();
        save(stricter, yaml.replace("LOW: 2", "LOW: 3").replace("  - source: domain\n    target: domain\n", ""), 1);

        JsonNode diff = TestServer.json(TestServer.get(path(stricter) + "/diff"));

        assertThat(diff.path("from").asString()).isEqualTo(stricter + ", version 1");
        assertThat(texts(diff.path("rows"), "/change")).containsExactly("CHANGED", "REMOVED");
        assertThat(diff.at("/rows/0/before/values/LOW").asInt()).isEqualTo(2);
        assertThat(diff.at("/rows/0/after/values/LOW").asInt()).isEqualTo(3);
        assertThat(diff.at("/rows/1/target").asString()).isEqualTo("domain");
        assertThat(diff.path("text").asString())
                .contains("-  - source: domain")
                .contains("+++ " + stricter + ", version 2");
        JsonNode withDefault =
                TestServer.json(TestServer.get(path(stricter) + "/diff?to=1&with=" + TestServer.encode(DEFAULT)));
        assertThat(withDefault.path("rows")).isEmpty();
        assertThat(texts(withDefault.path("head"), "/field")).containsExactly("name");
    }

    @Test
    void anOldVersionIsRestoredAsANewOne() {
        String yaml = clone(stricter).path("yaml").asString();
        save(stricter, yaml.replace("LOW: 2", "LOW: 3"), 1);

        JsonNode restored =
                TestServer.json(send("POST", path(stricter) + "/versions/1/restore", body().put("baseVersion", 2)));

        assertThat(restored.path("version").asInt()).isEqualTo(3);
        assertThat(restored.path("yaml").asString()).isEqualTo(yaml);
        assertThat(restored.path("comment").asString()).isEqualTo("Restores version 1");
    }

    @Test
    void aNewMapOfTwoModelsMapsTheIdentifierAndCanBeUsedAtOnce() {
        HttpResponse<String> made = send(
                "POST",
                "/api/v1/maps",
                body().put("name", servers).put("source", "Cortex XDR Endpoint").put("target", "ETM Host Asset"));

        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).contains(path(servers));
        JsonNode rows = TestServer.json(made).path("rows");
        assertThat(texts(rows, "/source")).containsExactly("endpoint_id");
        assertThat(texts(rows, "/target")).containsExactly("externalAssetId");
    }

    @Test
    void aNewMapOfAnUnknownModelNamesThoseThereAre() {
        HttpResponse<String> refused = send(
                "POST",
                "/api/v1/maps",
                body().put("name", servers).put("source", "CMDB").put("target", "ETM Host Asset"));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(refused).at("/fields/0/field").asString()).isEqualTo("source");
        assertThat(refused.body()).contains("Cortex XDR Endpoint");
    }

    @Test
    void aNameThatIsTakenOrShippedOrUnusableIsRefused() {
        clone(servers);

        for (String name : List.of(servers, DEFAULT)) {
            assertThat(send("POST", path(DEFAULT) + "/clone", body().put("name", name))
                            .statusCode())
                    .as(name)
                    .isEqualTo(409);
        }
        for (String name : List.of("a/b", "../x", ";", " ", "x%2Fy")) {
            assertThat(send("POST", path(DEFAULT) + "/clone", body().put("name", name))
                            .statusCode())
                    .as(name)
                    .isEqualTo(422);
        }
    }

    @Test
    void aMapThatDoesNotFitIsRefusedWithRowLineAndSuggestion() {
        String yaml = clone(stricter).path("yaml").asString().replace("hostName", "hostNme");

        HttpResponse<String> refused = save(stricter, yaml, 1);

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
        JsonNode field = TestServer.json(refused).at("/fields/0");
        assertThat(field.path("field").asString()).isEqualTo("target");
        assertThat(field.path("row").asInt()).isEqualTo(2);
        assertThat(field.path("line").asInt()).isEqualTo(9);
        assertThat(field.path("column").asInt()).isEqualTo(13);
        assertThat(field.path("suggestion").asString()).isEqualTo("hostName");
        assertThat(TestServer.json(TestServer.get(path(stricter)))
                        .path("version")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aCheckNamesEveryFaultAtOnce() {
        String yaml = """
                name: Servers
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - source: endpoint_nam
                    target: hostName
                  - source: domain
                    target: domain
                  - source: alias
                    target: domain
                  - source: cves[].name
                    target: finding[].name
                  - source: cves[].severity
                    target: finding[].severity
                  - source: users
                    target: type
                    expression: |
                      value +
                        nothing
                """;

        JsonNode check = TestServer.json(
                TestServer.post("/api/v1/maps/check", body().put("yaml", yaml).toString()));

        assertThat(check.path("usable").asBoolean()).isFalse();
        List<String> found = check.path("problems")
                .valueStream()
                .map(problem -> problem.path("row").asInt(0) + " "
                        + problem.path("field").asString() + " "
                        + problem.path("line").asInt() + ":"
                        + problem.path("column").asInt())
                .toList();
        assertThat(found).contains("1 source 5:13", "3 target 10:13", "5 source 13:13", "6 expression 17:17");
        JsonNode cel = check.path("problems")
                .valueStream()
                .filter(problem -> problem.path("field").asString().equals("expression"))
                .findFirst()
                .orElseThrow();
        assertThat(cel.path("expressionLine").asInt()).isEqualTo(2);
        assertThat(cel.path("expressionColumn").asInt()).isEqualTo(3);
        assertThat(check.toString()).contains("severity from 1 to 5");
    }

    @Test
    void aCheckMissesTheIdentifier() {
        String yaml = """
                name: Servers
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_name, target: hostName}
                """;

        JsonNode check = TestServer.json(
                TestServer.post("/api/v1/maps/check", body().put("yaml", yaml).toString()));

        assertThat(texts(check.path("problems"), "/message"))
                .singleElement()
                .asString()
                .contains("externalAssetId");
        assertThat(check.at("/problems/0/line").asInt()).isEqualTo(5);
    }

    @Test
    void theMapOfAConnectorIsReadOnly() {
        JsonNode map = TestServer.json(TestServer.get(path(DEFAULT)));

        assertThat(save(DEFAULT, map.path("yaml").asString(), 1).statusCode()).isEqualTo(409);
        assertThat(delete(DEFAULT).statusCode()).isEqualTo(409);
        assertThat(TestServer.json(TestServer.get(path(DEFAULT) + "/versions")).path("items"))
                .isEmpty();
    }

    @Test
    void aDeletedMapIsGoneAndItsNameIsFreeAgain() {
        clone(servers);

        assertThat(delete(servers).statusCode()).isEqualTo(204);
        assertThat(TestServer.get(path(servers)).statusCode()).isEqualTo(404);
        assertThat(delete(servers).statusCode()).isEqualTo(404);
        assertThat(clone(servers).path("version").asInt()).isGreaterThan(1);
    }

    @Test
    void theModelsAreTreesWithMarksAndTheSourceHasExamplesFromTheSnapshot() {
        HeadOffice.run();
        JsonNode items = TestServer.json(TestServer.get("/api/v1/data-models")).path("items");
        assertThat(texts(items, "/id")).containsExactly("cortex-xdr-endpoint", "etm-host-asset");

        JsonNode source = TestServer.json(TestServer.get("/api/v1/data-models/cortex-xdr-endpoint?connectionId="
                + HeadOffice.connection().path("id").asInt()));
        JsonNode target = TestServer.json(TestServer.get("/api/v1/data-models/etm-host-asset"));

        assertThat(source.path("examplesFromRun").asInt()).isPositive();
        JsonNode name = field(source, "endpoint_name");
        assertThat(name.path("examples")).hasSize(3);
        assertThat(name.path("description").asString()).isNotBlank();
        assertThat(field(source, "endpoint_id").path("identifier").asBoolean()).isTrue();
        assertThat(field(source, "ip").path("path").asString()).isEqualTo("ip[]");
        assertThat(field(source, "ip").path("examples")).isNotEmpty();
        assertThat(texts(field(field(source, "cves"), "name").path("examples"), ""))
                .isNotEmpty()
                .allSatisfy(cve -> assertThat(cve).startsWith("CVE-"));
        assertThat(field(target, "externalAssetId").path("required").asBoolean())
                .isTrue();
        assertThat(field(field(target, "finding"), "severity").path("path").asString())
                .isEqualTo("finding[].severity");
        assertThat(source.toString()).doesNotContain(org.etmconnect.simulator.SimulatorSettings.DEFAULT_KEY);
    }

    private static JsonNode field(JsonNode parent, String name) {
        return parent.path("fields")
                .valueStream()
                .filter(field -> field.path("name").asString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPastedRecordShowsItsDocumentAndTheRowBehindEachValue() {
        JsonNode preview = TestServer.json(TestServer.post("/api/v1/maps/preview", """
                {"map": "%s", "record": {"endpoint_id": "7c0f", "endpoint_name": "kiosk-3", "ip": ["10.1.1.3"],
                  "alias": "front desk", "domain": null, "users": [null], "cves": [
                    {"name": "CVE-2030-0007", "severity": "HIGH", "publication_date": 1639131309143},
                    {"name": "CVE-2030-0008", "severity": "LOW", "publication_date": "soon"}]}}
                """.formatted(DEFAULT)));

        assertThat(preview.path("rejected").asBoolean()).isFalse();
        assertThat(preview.at("/document/finding")).hasSize(1);
        assertThat(preview.at("/document/networkInterfaces/0/ipAddress").asString())
                .isEqualTo("10.1.1.3");
        JsonNode severity = preview.path("values")
                .valueStream()
                .filter(value -> value.path("target").asString().equals("finding[0].severity"))
                .findFirst()
                .orElseThrow();
        assertThat(severity.path("value").asInt()).isEqualTo(4);
        assertThat(severity.at("/rows/0/row").asInt()).isEqualTo(16);
        assertThat(texts(preview.path("dropped"), "/reason")).contains("no row reads it");
        assertThat(preview.at("/droppedFindings/0/key").asString()).isEqualTo("CVE-2030-0008");
        assertThat(preview.at("/droppedFindings/0/problems/0/row").asInt()).isEqualTo(18);
    }

    @Test
    void aRecordWithoutItsKeyIsRejectedWithTheRowThatWouldMakeIt() {
        JsonNode preview = TestServer.json(TestServer.post(
                "/api/v1/maps/preview",
                "{\"map\": \"" + DEFAULT + "\", \"record\": {\"endpoint_name\": \"kiosk-3\"}}"));

        assertThat(preview.path("rejected").asBoolean()).isTrue();
        assertThat(preview.has("document")).isFalse();
        assertThat(preview.at("/problems/0/row").asInt()).isEqualTo(1);
    }

    @Test
    void aRecordOfTheSnapshotIsFoundByNumberByHostNameAndByKey() {
        HeadOffice.run();
        String from = "{\"map\": \"" + DEFAULT + "\", \"connectionId\": "
                + HeadOffice.connection().path("id").asInt();
        JsonNode third = TestServer.json(TestServer.post("/api/v1/maps/preview", from + ", \"number\": 3}"));
        String key = third.at("/record/endpoint_id").asString();
        String name = third.at("/record/endpoint_name").asString();

        JsonNode byKey = TestServer.json(TestServer.post("/api/v1/maps/preview", from + ", \"key\": \"" + key + "\"}"));
        JsonNode byName = TestServer.json(TestServer.post(
                "/api/v1/maps/preview", from + ", \"hostName\": \"" + name.toUpperCase(java.util.Locale.ROOT) + "\"}"));

        assertThat(third.path("runId").asInt()).isPositive();
        assertThat(third.at("/document/externalAssetId").asString()).isEqualTo(key);
        assertThat(byKey.path("document")).isEqualTo(third.path("document"));
        assertThat(byName.at("/document/hostName").asString()).isEqualToIgnoringCase(name);
        HttpResponse<String> missing = TestServer.post("/api/v1/maps/preview", from + ", \"number\": 100000}");
        assertThat(missing.statusCode()).isEqualTo(404);
    }

    @Test
    void aDraftIsPreviewedWithoutBeingSaved() {
        String yaml = TestServer.json(TestServer.get(path(DEFAULT)))
                .path("yaml")
                .asString()
                .replace("    target: hostName\n", "    target: hostName\n    expression: value.upperAscii()\n");

        JsonNode preview = TestServer.json(send(
                "POST",
                "/api/v1/maps/preview",
                body().put("yaml", yaml)
                        .set("record", body().put("endpoint_id", "1").put("endpoint_name", "kiosk"))));

        assertThat(preview.at("/document/hostName").asString()).isEqualTo("KIOSK");
    }

    @Test
    void aReplayAppliesAChangedMapWithoutAnyCallAndTheDefaultMapBringsItBack() {
        HeadOffice.run();
        String yaml = clone(stricter).path("yaml").asString();
        save(stricter, yaml.replace("LOW: 2", "LOW: 3"), 1);
        String replays = "/api/v1/profiles/" + HeadOffice.profileId() + "/replays";
        String requests = HeadOffice.tenant().requests().toString();

        JsonNode run = HeadOffice.await(TestServer.post(
                replays, body().put("map", stricter).put("version", 2).toString()));
        JsonNode back = HeadOffice.await(TestServer.post(replays, ""));

        assertThat(HeadOffice.tenant().requests().toString()).isEqualTo(requests);
        assertThat(run.path("state").asString()).as(run.toString()).isEqualTo("PROCESSED");
        assertThat(run.path("kind").asString()).isEqualTo("REPLAY");
        assertThat(run.path("replayOf").asInt()).isPositive();
        assertThat(run.path("transformMapVersion").asInt()).isEqualTo(2);
        assertThat(run.at("/counts/definitionsUpdated").asLong()).isPositive();
        assertThat(back.at("/counts/definitionsUpdated")).isEqualTo(run.at("/counts/definitionsUpdated"));
        assertThat(TestServer.post(replays, "{\"map\": \"nothing\"}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aDryRunOfADraftSaysWhatAReplayWouldChange() {
        HeadOffice.run();
        int connection = HeadOffice.connection().path("id").asInt();
        String yaml = TestServer.json(TestServer.get(path(DEFAULT)))
                .path("yaml")
                .asString()
                .replace("HIGH: 4", "HIGH: 5");
        JsonNode request = body().put("connectionId", connection).put("yaml", yaml);

        JsonNode ended = HeadOffice.await(TestServer.post("/api/v1/dry-runs", request.toString()));

        assertThat(ended.path("state").asString()).as(ended.toString()).isEqualTo("DONE");
        assertThat(ended.path("startedBy").asString()).isEqualTo("local");
        JsonNode result = ended.path("result");
        assertThat(result.path("sealed").asBoolean()).isTrue();
        assertThat(result.path("missing")).isEmpty();
        assertThat(result.at("/assets/added").asLong()).isZero();
        assertThat(result.at("/assets/unchanged").asLong()).isEqualTo(400);
        assertThat(result.at("/findings/opened").asLong()).isZero();
        assertThat(result.at("/findings/changed").asLong()).isPositive();
        assertThat(texts(result.at("/findings/changes"), "/target")).containsExactly("finding[].severity");
        assertThat(result.at("/findings/changes/0/examples/0/before").asInt()).isEqualTo(4);
        assertThat(result.at("/findings/changes/0/examples/0/after").asInt()).isEqualTo(5);
        assertThat(texts(result.path("fill"), "/target"))
                .contains("externalAssetId", "finding[].severity", "temp_q_customAttributes.serverTags[]");
        JsonNode listed = TestServer.json(TestServer.get("/api/v1/dry-runs"));
        assertThat(listed.at("/items/0/id")).isEqualTo(ended.path("id"));
        assertThat(listed.at("/items/0").has("result")).isFalse();
        assertThat(TestServer.post("/api/v1/dry-runs/" + ended.path("id").asInt() + "/cancel", "")
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void aDryRunNeedsAMapThatCanBeUsedAndAConnection() {
        int connection = HeadOffice.connection().path("id").asInt();

        assertThat(TestServer.post("/api/v1/dry-runs", "{\"connectionId\": 99999, \"map\": \"x\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(TestServer.post("/api/v1/dry-runs", "{\"connectionId\": " + connection + "}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(TestServer.post("/api/v1/dry-runs", "{\"connectionId\": " + connection + ", \"yaml\": \"name: x\"}")
                        .statusCode())
                .isEqualTo(422);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class IdentificationRulesTest {

    private static final String RULES = "/api/v1/identification-rules";

    @BeforeEach
    void shippedRules() {
        assertThat(replace("[{\"name\": \"Host name\"}]", "*").statusCode()).isEqualTo(200);
        assertThat(TestServer.post(RULES + "/reset", "").statusCode()).isEqualTo(200);
    }

    @Test
    void theShippedRulesAreInTheirOrderWithAddressesOff() {
        JsonNode list = TestServer.json(TestServer.get(RULES));

        assertThat(names(list))
                .containsExactly(
                        "Source native key", "Cloud instance ID", "MAC address", "FQDN", "Host name", "IP address");
        assertThat(list.at("/items/0/kind").asString()).isEqualTo("SYSTEM");
        assertThat(list.at("/items/3/attributes").valueStream().map(JsonNode::asString))
                .containsExactly("HOST_NAME", "DOMAIN");
        assertThat(list.path("items")
                        .valueStream()
                        .map(rule -> rule.path("enabled").asBoolean()))
                .containsExactly(true, true, true, true, true, false);
    }

    @Test
    void aRuleOfOnesOwnIsCreatedChangedMovedAndDeleted() {
        HttpResponse<String> created = TestServer.post(RULES, """
                {"name": "Name and address", "attributes": ["HOST_NAME", "IP_ADDRESS"], "description": "For the lab"}""");
        assertThat(created.statusCode()).isEqualTo(201);
        int id = TestServer.json(created).path("id").asInt();
        assertThat(created.headers().firstValue("Location")).contains(RULES + "/" + id);

        HttpResponse<String> changed = send("PATCH", RULES + "/" + id, "{\"name\": \"Lab\", \"enabled\": false}");
        assertThat(TestServer.json(changed).path("name").asString()).isEqualTo("Lab");
        assertThat(TestServer.json(changed).path("description").asString()).isEqualTo("For the lab");

        JsonNode list = TestServer.json(TestServer.get(RULES));
        List<Integer> ids = list.path("items")
                .valueStream()
                .skip(1)
                .map(rule -> rule.path("id").asInt())
                .toList();
        String order = "{\"ruleIds\": [" + id + ","
                + String.join(
                        ",",
                        ids.stream()
                                .filter(each -> each != id)
                                .map(String::valueOf)
                                .toList()) + "]}";
        HttpResponse<String> moved = TestServer.send(
                "PUT",
                RULES + "/order",
                Optional.of(TestServer.token()),
                Optional.of(order),
                Map.of("If-Match", "\"" + list.path("version").asLong() + "\""));
        assertThat(names(TestServer.json(moved))).startsWith("Source native key", "Lab", "Cloud instance ID");

        assertThat(send("DELETE", RULES + "/" + id, "").statusCode()).isEqualTo(204);
        assertThat(TestServer.get(RULES + "/" + id).statusCode()).isEqualTo(404);
    }

    @Test
    void whoSawAnOlderStateIsToldRatherThanObeyed() {
        HttpResponse<String> seen = TestServer.get(RULES);
        String tag = seen.headers().firstValue("ETag").orElseThrow();
        TestServer.post(RULES, "{\"name\": \"Name and address\", \"attributes\": [\"HOST_NAME\", \"IP_ADDRESS\"]}");

        HttpResponse<String> late = replace("[{\"name\": \"Host name\"}]", tag);

        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(TestServer.json(late).path("detail").asString()).contains("try again");
        assertThat(names(TestServer.json(TestServer.get(RULES)))).contains("Name and address");
    }

    @Test
    void whatWasListedCanBePutBackAsItIs() {
        TestServer.post(RULES, "{\"name\": \"Name and address\", \"attributes\": [\"HOST_NAME\", \"IP_ADDRESS\"]}");
        JsonNode before = TestServer.json(TestServer.get(RULES)).path("items");
        String inputs = before.valueStream()
                .map(rule -> "{\"name\": %s, \"description\": %s, \"attributes\": %s, \"enabled\": %s}"
                        .formatted(
                                rule.path("name"),
                                rule.path("description"),
                                rule.path("attributes"),
                                rule.path("enabled")))
                .toList()
                .toString();

        HttpResponse<String> after = replace(inputs, "*");

        assertThat(TestServer.json(after).path("items")).isEqualTo(before);
    }

    @Test
    void aReplacementDeletesOwnRulesAndSwitchesShippedOnesOff() {
        TestServer.post(RULES, "{\"name\": \"Gone\", \"attributes\": [\"HOST_NAME\", \"IP_ADDRESS\"]}");

        JsonNode list = TestServer.json(replace(
                "[{\"name\": \"IP address\"}, {\"name\": \"Own\", \"attributes\": [\"MAC_ADDRESS\", \"HOST_NAME\"]}]",
                "*"));

        assertThat(names(list))
                .startsWith("Source native key", "IP address", "Own")
                .doesNotContain("Gone");
        assertThat(list.path("items")
                        .valueStream()
                        .filter(rule -> rule.path("enabled").asBoolean())
                        .map(rule -> rule.path("name").asString()))
                .containsExactly("Source native key", "IP address", "Own");
    }

    @Test
    void whatCannotBeIsRefusedWithAReason() {
        assertThat(detail(TestServer.post(RULES, "{\"name\": \"Domain\", \"attributes\": [\"DOMAIN\"]}"), 422))
                .contains("HOST_NAME");
        assertThat(detail(TestServer.post(RULES, "{\"name\": \"Twice\", \"attributes\": [\"MAC_ADDRESS\"]}"), 422))
                .contains("MAC address");
        assertThat(detail(
                        TestServer.post(RULES, "{\"name\": \"fqdn\", \"attributes\": [\"HOST_NAME\", \"IP_ADDRESS\"]}"),
                        409))
                .contains("another name");
        assertThat(detail(send("PATCH", RULES + "/1", "{\"enabled\": false}"), 409))
                .contains("always first");
        assertThat(detail(send("PATCH", RULES + "/2", "{\"attributes\": [\"HOST_NAME\"]}"), 409))
                .contains("shipped");
        assertThat(detail(send("DELETE", RULES + "/2", ""), 409)).contains("Switch it off");
        assertThat(detail(replace("[{\"name\": \"MAC address\", \"enabled\": false}]", "*"), 409))
                .contains("first");
        assertThat(detail(replace("[]", "seven"), 400)).contains("ETag");
    }

    @Test
    void aConnectionSwitchesRulesForItselfAndKeepsAtLeastOne() {
        int connection = connection();
        String path = "/api/v1/connections/" + connection + "/identification";
        assertThat(TestServer.json(TestServer.get(path))
                        .path("createUnmanagedAsset")
                        .asBoolean())
                .isTrue();

        JsonNode set = TestServer.json(send("PUT", path, """
                {"createUnmanagedAsset": false, "switches": [
                  {"rule": "Host name", "enabled": false}, {"rule": "IP address", "enabled": true}]}"""));
        assertThat(set.path("createUnmanagedAsset").asBoolean()).isFalse();
        assertThat(set.path("rules").valueStream().map(JsonNode::asString))
                .containsExactly("Cloud instance ID", "MAC address", "FQDN", "IP address");
        assertThat(TestServer.json(TestServer.get(path))).isEqualTo(set);

        assertThat(detail(send("PUT", path, """
                {"createUnmanagedAsset": true, "switches": [
                  {"rule": "Cloud instance ID", "enabled": false}, {"rule": "MAC address", "enabled": false},
                  {"rule": "FQDN", "enabled": false}, {"rule": "Host name", "enabled": false}]}"""), 409)).contains("Rules test");
        assertThat(detail(send("PUT", path, """
                {"createUnmanagedAsset": true, "switches": [{"rule": "Source native key", "enabled": false}]}"""), 409)).contains("always on");

        TestServer.post(RULES + "/reset", "");
        assertThat(TestServer.json(TestServer.get(path)).path("switches").isEmpty())
                .isTrue();
        send("DELETE", "/api/v1/connections/" + connection, "");
    }

    @Test
    void rulesThatAreNotSavedCanBeTriedAndNothingIsWritten() {
        JsonNode before = TestServer.json(TestServer.get(RULES));

        HttpResponse<String> tried = TestServer.post(
                RULES + "/simulations",
                "{\"rules\": [{\"name\": \"Own\", \"attributes\": [\"HOST_NAME\", \"IP_ADDRESS\"]}], \"examples\": 3}");

        assertThat(tried.statusCode()).as(tried.body()).isEqualTo(200);
        assertThat(TestServer.json(tried).has("operationId")).isFalse();
        assertThat(TestServer.json(tried).path("merges").size()).isLessThanOrEqualTo(3);
        assertThat(TestServer.json(TestServer.get(RULES))).isEqualTo(before);
        assertThat(detail(TestServer.post(RULES + "/simulations", "{\"rules\": [{\"name\": \"Own\"}]}"), 422))
                .contains("HOST_NAME");
    }

    @Test
    void whatCannotBeSplitIsRefusedWithAReason() {
        assertThat(TestServer.post("/api/v1/assets/999999/splits", "{\"recordIds\": [1]}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(TestServer.post("/api/v1/assets/1/splits", "{\"recordIds\": []}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(TestServer.post("/api/v1/identification-splits/999999/undo", "")
                        .statusCode())
                .isEqualTo(404);
        assertThat(TestServer.json(TestServer.get("/api/v1/identification-splits"))
                        .path("items")
                        .isEmpty())
                .isTrue();
    }

    private static int connection() {
        HttpResponse<String> created = TestServer.post("/api/v1/connections", """
                {"name": "Rules test", "connector": "cortex-xdr", "findingTypes": ["HOST_ASSET"],
                 "values": {"baseURL": "https://api-lab.example.com", "x-xdr-auth-id": "7"}, "secrets": {"apiKey": "k"}}""");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return TestServer.json(created).path("id").asInt();
    }

    private static String detail(HttpResponse<String> refused, int status) {
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(status);
        return TestServer.json(refused).path("detail").asString();
    }

    private static List<String> names(JsonNode list) {
        return list.path("items")
                .valueStream()
                .map(rule -> rule.path("name").asString())
                .toList();
    }

    private static HttpResponse<String> replace(String rules, String ifMatch) {
        return TestServer.send(
                "PUT",
                RULES,
                Optional.of(TestServer.token()),
                Optional.of("{\"rules\": " + rules + "}"),
                Map.of("If-Match", ifMatch));
    }

    private static HttpResponse<String> send(String method, String path, String body) {
        return TestServer.send(
                method, path, Optional.of(TestServer.token()), body.isEmpty() ? Optional.empty() : Optional.of(body));
    }
}

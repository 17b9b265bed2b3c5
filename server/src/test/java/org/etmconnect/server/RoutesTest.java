// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

class RoutesTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    record Route(String method, String path, boolean open) {}

    static Stream<Route> routes() throws Exception {
        Map<String, Object> description;
        try (InputStream file =
                Objects.requireNonNull(RoutesTest.class.getResourceAsStream("/openapi/etm-connect.yaml"))) {
            description = new Yaml().load(file);
        }
        return map(description.get("paths")).entrySet().stream()
                .flatMap(path -> map(path.getValue()).entrySet().stream()
                        .filter(operation -> METHODS.contains(operation.getKey()))
                        .map(operation -> new Route(
                                operation.getKey().toUpperCase(Locale.ROOT),
                                path.getKey().replaceAll("\\{[^}]*}", "1"),
                                "OPEN".equals(map(operation.getValue()).get("x-role")))));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @ParameterizedTest
    @MethodSource("routes")
    void withoutTheTokenOnlyHealthAnswers(Route route) {
        for (Optional<String> token : Set.of(Optional.<String>empty(), Optional.of("etm_wrong"))) {
            HttpResponse<String> answer = TestServer.send(route.method(), route.path(), token, Optional.empty());

            if (!route.open()) {
                assertThat(answer.statusCode()).isEqualTo(401);
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
                assertThat(TestServer.json(answer).path("detail").asString()).contains("api-token");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void everyRouteOfTheDescriptionIsServedAndEveryErrorIsAProblem(Route route) {
        HttpResponse<String> answer =
                TestServer.send(route.method(), route.path(), Optional.of(TestServer.token()), Optional.empty());

        assertThat(answer.statusCode()).isNotIn(401, 405, 500, 501);
        if (answer.statusCode() >= 400) {
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            JsonNode problem = TestServer.json(answer);
            assertThat(problem.path("type").asString()).startsWith("urn:etm-connect:problem:");
            assertThat(problem.path("title").asString()).isNotBlank().doesNotStartWith("There is no route");
            assertThat(problem.path("detail").asString()).isNotBlank();
            assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        }
    }

    @Test
    void anUnknownRouteIsAProblemToo() {
        HttpResponse<String> answer = TestServer.get("/api/v1/nothing");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(answer).path("title").asString()).isEqualTo("There is no route GET /api/v1/nothing");
    }

    @Test
    void aQueryThatCannotBeReadNamesThePlaceAndTheNearestToken() {
        HttpResponse<String> answer =
                TestServer.get("/api/v1/findings?query=" + TestServer.encode("finding.cveId:x and\nfinding.severty:5"));

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode place = TestServer.json(answer).path("query");
        assertThat(place.path("offset").asInt()).isEqualTo(20);
        assertThat(place.path("line").asInt()).isEqualTo(2);
        assertThat(place.path("column").asInt()).isEqualTo(1);
        assertThat(place.path("suggestion").asString()).isEqualTo("finding.severity");
    }

    @Test
    void aForeignCursorAndAnUnknownOrderAreRefused() {
        assertThat(TestServer.get("/api/v1/assets?cursor=abc").statusCode()).isEqualTo(400);
        HttpResponse<String> order = TestServer.get("/api/v1/assets?sort=size");
        assertThat(order.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(order).path("detail").asString()).contains("operatingSystem");
    }

    @Test
    void allUnusableSettingsAreNamedAtOnce() {
        HttpResponse<String> answer = TestServer.post("/api/v1/connections", """
            {"name": "Lab", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY"],
             "values": {"baseURL": "https://api-lab.example.com", "apiKey": "in the wrong place", "nix": "1"},
             "network": {"parallelRequests": 0}}
            """);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(answer)
                        .path("fields")
                        .valueStream()
                        .map(field -> field.path("field").asString()))
                .containsExactlyInAnyOrder("apiKey", "nix", "network.parallelRequests");
        assertThat(answer.body()).doesNotContain("in the wrong place");
    }

    @Test
    void aMisspeltFieldIsToldRatherThanIgnored() {
        HttpResponse<String> answer = TestServer.post("/api/v1/connections", """
            {"name": "Lab", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY"], "values": {}, "netwrok": {}}
            """);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(answer).path("detail").asString()).contains("netwrok");
    }

    @Test
    void aParameterThatStandsThereTwiceIsRefusedUnlessItIsAList() {
        HttpResponse<String> answer = TestServer.get("/api/v1/assets?limit=1&query=&limit=2");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(answer).path("title").asString())
                .contains("limit")
                .contains("more than once");
        assertThat(TestServer.get("/api/v1/runs?state=FAILED&state=CANCELLED").statusCode())
                .isEqualTo(200);
    }

    @Test
    void theApiIsDescribedOnAPageOfItsOwn() {
        HttpResponse<String> page = TestServer.get("/api-docs/index.html");
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html;charset=UTF-8");
        assertThat(TestServer.get("/api-docs/start.js").headers().firstValue("Content-Type"))
                .contains("text/javascript;charset=UTF-8");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        for (String file : List.of("start.js", "swagger-ui-bundle.js", "swagger-ui.css")) {
            assertThat(page.body()).contains("\"" + file + "\"");
            assertThat(TestServer.get("/api-docs/" + file).statusCode())
                    .as(file)
                    .isEqualTo(200);
        }
        assertThat(TestServer.get("/api-docs").headers().firstValue("Location").orElseThrow())
                .endsWith("/api-docs/index.html");
    }
}

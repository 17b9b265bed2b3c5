// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** Each role against each operation of the API's description: a new operation is tested because it is described. */
class RolesTest {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    /** Of signing out there is nothing to see but that the session is gone. */
    private static final String SIGN_OUT = "signOut";

    enum Who {
        NOBODY,
        A_WRONG_TOKEN,
        VIEWERS_TOKEN,
        MANAGERS_TOKEN,
        VIEWERS_SESSION,
        MANAGERS_SESSION
    }

    /** An operation as the description has it, read apart from the server's own reading. */
    record Route(String id, String method, String path, String role) {}

    record Case(Route route, Who who) {}

    private static String viewersToken = "";
    private static String managersToken = "";
    private static String viewersPassword = "";
    private static String managersPassword = "";
    private static final String VIEWER = "roles-viewer-" + UUID.randomUUID();
    private static final String MANAGER = "roles-manager-" + UUID.randomUUID();

    @BeforeAll
    static void makeOneOfEach() {
        viewersToken = token("VIEWER");
        managersToken = token("MANAGER");
        viewersPassword = user(VIEWER, "VIEWER");
        managersPassword = user(MANAGER, "MANAGER");
    }

    private static String token(String role) {
        HttpResponse<String> made = TestServer.post(
                "/api/v1/tokens",
                "{\"name\": \"%s\", \"role\": \"%s\", \"days\": 1}".formatted("roles " + UUID.randomUUID(), role));
        assertThat(made.statusCode()).isEqualTo(201);
        return TestServer.json(made).path("token").asString();
    }

    private static String user(String name, String role) {
        HttpResponse<String> made =
                TestServer.post("/api/v1/users", "{\"name\": \"%s\", \"role\": \"%s\"}".formatted(name, role));
        assertThat(made.statusCode()).isEqualTo(201);
        String password = "some phrase that is of " + role.toLowerCase(Locale.ROOT);
        Browser browser = Browser.signedIn(
                TestServer.server().address(),
                name,
                TestServer.json(made).path("oneTimePassword").asString());
        HttpResponse<String> changed = browser.send(
                "PUT",
                "/api/v1/me/password",
                "{\"password\": \"%s\", \"newPassword\": \"%s\"}"
                        .formatted(TestServer.json(made).path("oneTimePassword").asString(), password));
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(204);
        return password;
    }

    static List<Route> routes() throws Exception {
        Map<String, Object> description;
        try (InputStream file =
                Objects.requireNonNull(RolesTest.class.getResourceAsStream("/openapi/etm-connect.yaml"))) {
            description = new Yaml().load(file);
        }
        List<Route> routes = new ArrayList<>();
        map(description.get("paths"))
                .forEach((path, item) -> map(item).forEach((method, operation) -> {
                    if (METHODS.contains(method)) {
                        routes.add(new Route(
                                String.valueOf(map(operation).get("operationId")),
                                method.toUpperCase(Locale.ROOT),
                                // Numbers that nothing has: the Manager must not be able to end the test's own
                                // accounts.
                                path.replaceAll("\\{[^}]*}", "987654321"),
                                String.valueOf(map(operation).get("x-role"))));
                    }
                }));
        return routes;
    }

    static Stream<Case> cases() throws Exception {
        return routes().stream().flatMap(route -> Stream.of(Who.values()).map(who -> new Case(route, who)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    @Test
    void everyOperationSaysWhoMayCallIt() throws Exception {
        assertThat(routes())
                .isNotEmpty()
                .allSatisfy(route ->
                        assertThat(route.role()).as("x-role of " + route.id()).isIn("OPEN", "VIEWER", "MANAGER"));
    }

    @Test
    void onlyHealthAndSigningInAreOpen() throws Exception {
        assertThat(routes().stream()
                        .filter(route -> route.role().equals("OPEN"))
                        .map(Route::id))
                .containsExactlyInAnyOrder("live", "ready", "signIn", "getSignInWays");
    }

    @Test
    void aViewerChangesNothingButHerOwnPasswordSessionAndQueries() throws Exception {
        assertThat(routes().stream()
                        .filter(route -> !route.method().equals("GET"))
                        .filter(route -> route.role().equals("VIEWER"))
                        .map(Route::id))
                .containsExactlyInAnyOrder(
                        "signOut",
                        "changeMyPassword",
                        "endMySession",
                        // of queries for all, the route itself says that they are a Manager's
                        "saveQuery",
                        "deleteSavedQuery",
                        // these store nothing; what they are asked is too long for an address
                        "checkMap",
                        "previewMap",
                        "previewSchedule",
                        "simulateIdentificationRules");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachRoleGetsWhatTheDescriptionSays(Case each) {
        Route route = each.route();
        HttpResponse<String> answer = call(each);

        boolean known = each.who() != Who.NOBODY && each.who() != Who.A_WRONG_TOKEN;
        boolean manages = each.who() == Who.MANAGERS_TOKEN || each.who() == Who.MANAGERS_SESSION;
        if (route.role().equals("OPEN")) {
            assertThat(answer.statusCode()).isNotIn(401, 403, 404, 405, 500);
        } else if (!known) {
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(TestServer.json(answer).path("type").asString())
                    .isEqualTo("urn:etm-connect:problem:unauthorized");
        } else if (route.role().equals("MANAGER") && !manages) {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(TestServer.json(answer).path("type").asString()).isEqualTo("urn:etm-connect:problem:forbidden");
        } else {
            assertThat(answer.statusCode()).as(answer.body()).isNotIn(401, 403, 405, 500, 501);
        }
    }

    private static HttpResponse<String> call(Case each) {
        Route route = each.route();
        return switch (each.who()) {
            case NOBODY -> byToken(route, Optional.empty());
            case A_WRONG_TOKEN -> byToken(route, Optional.of("etm_wrong"));
            case VIEWERS_TOKEN -> byToken(route, Optional.of(viewersToken));
            case MANAGERS_TOKEN -> byToken(route, Optional.of(managersToken));
            case VIEWERS_SESSION -> bySession(route, VIEWER, viewersPassword);
            case MANAGERS_SESSION -> bySession(route, MANAGER, managersPassword);
        };
    }

    private static HttpResponse<String> byToken(Route route, Optional<String> token) {
        return TestServer.send(route.method(), route.path(), token, Optional.empty());
    }

    private static final Map<String, Browser> BROWSERS = new java.util.HashMap<>();

    private static HttpResponse<String> bySession(Route route, String name, String password) {
        Browser browser = BROWSERS.computeIfAbsent(
                name, _ -> Browser.signedIn(TestServer.server().address(), name, password));
        HttpResponse<String> answer = browser.send(route.method(), route.path(), Optional.empty(), Map.of());
        if (route.id().equals(SIGN_OUT)) {
            assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
            BROWSERS.remove(name);
        }
        return answer;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.Secret;
import org.etmconnect.server.people.OpenIdProvider;
import org.etmconnect.server.start.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Signing in at an OpenID Connect provider, with every hop of the browser. */
class OpenIdTest {

    private static SigningProvider provider;
    private static RunningServer server;

    @BeforeAll
    static void start() throws Exception {
        provider = SigningProvider.start();
        server = TestServer.start(Path.of("target", "openid"), openIdAt(provider, Optional.empty()));
    }

    private static Optional<OpenIdProvider> openIdAt(SigningProvider provider, Optional<Set<String>> passwordsFor) {
        return Optional.of(new OpenIdProvider(
                provider.issuer(),
                SigningProvider.CLIENT,
                Secret.of(SigningProvider.SECRET),
                "Example login",
                "groups",
                List.of("etm-managers"),
                List.of("etm-viewers"),
                passwordsFor));
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
    }

    private static Browser browser() {
        return new Browser(server.address());
    }

    private static Map<String, Object> user(String subject, String name, String... groups) {
        return Map.of("sub", subject, "preferred_username", name, "groups", List.of(groups));
    }

    /** Goes the whole way; where the browser ends up. */
    private static URI signIn(Browser browser) throws Exception {
        JsonNode ways = TestServer.json(browser.get("/api/v1/sign-in-ways"));
        return finish(browser, begin(browser, ways.at("/openId/path").asString()));
    }

    /** The address at the provider that the browser is led to. */
    private static URI begin(Browser browser, String path) {
        return location(browser.get(path));
    }

    private static URI finish(Browser browser, URI atProvider) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI back = location(
                    client.send(HttpRequest.newBuilder(atProvider).build(), HttpResponse.BodyHandlers.discarding()));
            return location(browser.get(back.getRawPath() + "?" + back.getRawQuery()));
        }
    }

    private static URI location(HttpResponse<?> answer) {
        return server.address()
                .resolve(answer.headers().firstValue("Location").orElseThrow(() -> new AssertionError(answer)));
    }

    private static JsonNode me(Browser browser) {
        return TestServer.json(browser.get("/api/v1/me"));
    }

    @Test
    void aMemberOfTheManagersGroupComesInAsManagerAndCanChangeThings() throws Exception {
        provider.user(user("1", "Mia@Example.com", "staff", "etm-managers"));
        Browser browser = browser();

        assertThat(signIn(browser)).isEqualTo(server.address().resolve("/"));

        assertThat(me(browser).path("name").asString()).isEqualTo("mia@example.com");
        assertThat(me(browser).path("role").asString()).isEqualTo("MANAGER");
        assertThat(browser.send("POST", "/api/v1/users", "{\"name\": \"made-by-mia\", \"role\": \"VIEWER\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    private static HttpResponse<String> asOperator(RunningServer server, String method, String path, String body) {
        return TestServer.send(
                server,
                method,
                path,
                Optional.of(TestServer.token(server)),
                body.isEmpty() ? Optional.empty() : Optional.of(body),
                Map.of());
    }

    @Test
    void whereFewMayHaveAPasswordNobodyElseComesInByOne() throws Exception {
        try (RunningServer strict = TestServer.start(
                Path.of("target", "openid-strict"), openIdAt(provider, Optional.of(Set.of("admin", "night.owl"))))) {
            assertThat(TestServer.json(asOperator(strict, "GET", "/api/v1/sign-in-ways", ""))
                            .at("/openId/passwordsForFew")
                            .asBoolean())
                    .isTrue();
            HttpResponse<String> refused =
                    asOperator(strict, "POST", "/api/v1/users", "{\"name\": \"max\", \"role\": \"VIEWER\"}");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("--openid-passwords-for", "Example login");
            JsonNode made = TestServer.json(
                    asOperator(strict, "POST", "/api/v1/users", "{\"name\": \"night.owl\", \"role\": \"MANAGER\"}"));
            String password = made.path("oneTimePassword").asString();
            assertThat(new Browser(strict.address())
                            .signIn("night.owl", password)
                            .statusCode())
                    .isEqualTo(200);

            // Whoever had a password before the operator said who may.
            try (Connection database = TestServer.database(strict);
                    Statement statement = database.createStatement()) {
                statement.execute("update person set name = 'max' where name = 'night.owl'");
            }

            assertThat(new Browser(strict.address()).signIn("max", password).statusCode())
                    .isEqualTo(401);
            assertThat(asOperator(
                                    strict,
                                    "POST",
                                    "/api/v1/users/" + made.at("/user/id").asInt() + "/password-reset",
                                    "")
                            .statusCode())
                    .isEqualTo(409);
        }
    }

    @Test
    void theProviderTakesARoleAwayAtTheNextSignInAndEndsOlderSessions() throws Exception {
        provider.user(user("2", "max", "etm-managers"));
        Browser before = browser();
        signIn(before);

        provider.user(user("2", "max", "etm-viewers"));
        Browser after = browser();
        signIn(after);

        assertThat(me(after).path("role").asString()).isEqualTo("VIEWER");
        assertThat(before.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void whoSignedInAtTheProviderLatelyEndsASessionWithoutAPassword() throws Exception {
        provider.user(user("21", "ron", "etm-viewers"));
        Browser lost = browser();
        signIn(lost);
        Browser here = browser();
        signIn(here);
        String end = "/api/v1/me/sessions/"
                + TestServer.json(here.get("/api/v1/me/sessions"))
                        .path("items")
                        .valueStream()
                        .filter(session -> !session.path("current").asBoolean())
                        .findFirst()
                        .orElseThrow()
                        .path("id")
                        .asString()
                + "/end";

        signedInAt("ron", Instant.now().minusSeconds(601));
        assertThat(here.send("POST", end, "{}").statusCode()).isEqualTo(403);
        assertThat(lost.get("/api/v1/me").statusCode()).isEqualTo(200);

        signedInAt("ron", Instant.now().minusSeconds(500));
        assertThat(here.send("POST", end, "{}").statusCode()).isEqualTo(204);
        assertThat(lost.get("/api/v1/me").statusCode()).isEqualTo(401);
        assertThat(here.get("/api/v1/me").statusCode()).isEqualTo(200);
    }

    /** Lets all sessions of a user have begun then. */
    private static void signedInAt(String name, Instant time) throws Exception {
        ByteArrayOutputStream since = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(since)) {
            out.writeObject(time.getEpochSecond());
        }
        try (Connection connection = TestServer.database(server);
                PreparedStatement update = connection.prepareStatement("""
                        update spring_session_attributes set attribute_bytes = ?
                        where attribute_name = 'etm.since' and session_primary_id in (
                            select s.primary_id from spring_session s join person p
                            on s.principal_name = 'person ' || p.person_id where p.name = ?)""")) {
            update.setBytes(1, since.toByteArray());
            update.setString(2, name);
            assertThat(update.executeUpdate()).isEqualTo(2);
        }
    }

    @Test
    void whoIsInNoneOfTheGroupsStaysOutsideAndIsToldSo() throws Exception {
        provider.user(user("3", "eve", "staff"));
        Browser browser = browser();

        assertThat(signIn(browser)).hasPath("/sign-in").hasQuery("refused=group");

        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void aNameThatSomebodyHasHereIsNotTakenOver() throws Exception {
        provider.user(user("4", "Admin", "etm-managers"));
        Browser browser = browser();

        assertThat(signIn(browser)).hasQuery("refused=name");

        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void whomAManagerShutOutDoesNotComeBackByTheProvider() throws Exception {
        provider.user(user("5", "ian", "etm-viewers"));
        Browser browser = browser();
        signIn(browser);
        int id = TestServer.json(TestServer.send(
                        server,
                        "GET",
                        "/api/v1/users",
                        Optional.of(TestServer.token(server)),
                        Optional.empty(),
                        Map.of()))
                .path("items")
                .valueStream()
                .filter(each -> each.path("name").asString().equals("ian"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asInt();
        TestServer.send(
                server,
                "PATCH",
                "/api/v1/users/" + id,
                Optional.of(TestServer.token(server)),
                Optional.of("{\"role\": \"VIEWER\", \"active\": false}"),
                Map.of());

        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
        assertThat(signIn(browser())).hasQuery("refused=inactive");
    }

    @Test
    void aCallbackThatThisBrowserDidNotAskForIsRefused() throws Exception {
        provider.user(user("6", "kim", "etm-viewers"));
        URI atProvider = begin(browser(), "/oauth2/authorization/openid");
        Browser victim = browser();

        assertThat(finish(victim, atProvider)).hasQuery("refused=provider");

        assertThat(victim.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void aForeignPageCannotBeginASignIn() {
        HttpResponse<String> answer = browser()
                .send("GET", "/oauth2/authorization/openid", Optional.empty(), Map.of("Sec-Fetch-Site", "cross-site"));

        assertThat(location(answer)).isEqualTo(server.address().resolve("/sign-in"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aTokenThatIsForAnotherSignInOrNotSoundIsRefused(SigningProvider.Lie lie) throws Exception {
        provider.user(user("7", "ken", "etm-viewers"));
        Browser browser = browser();
        provider.lies(lie);
        try {
            assertThat(signIn(browser)).hasQuery("refused=provider");
        } finally {
            provider.lies(SigningProvider.Lie.NONE);
        }

        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
        assertThat(signIn(browser()))
                .as("without the lie")
                .isEqualTo(server.address().resolve("/"));
    }

    @Test
    void afterARefusedSignInThePasswordStillWorks() throws Exception {
        provider.user(user("8", "lee", "staff"));
        Browser browser = browser();
        begin(browser, "/oauth2/authorization/openid");

        assertThat(browser.signIn("admin", "wrong password").statusCode()).isEqualTo(401);
    }

    @Test
    void aServerStartsWithoutItsProviderAndLeadsBackToTheSignInPage() throws Exception {
        SigningProvider away = SigningProvider.start();
        away.close();
        try (RunningServer alone =
                TestServer.start(Path.of("target", "openid-away"), openIdAt(away, Optional.empty()))) {
            HttpResponse<String> answer = new Browser(alone.address()).get("/oauth2/authorization/openid");

            assertThat(location(answer)).hasPath("/sign-in").hasQuery("refused=provider");
        }
    }

    @Test
    void signInsAreInTheAuditLogAndTheClientsSecretIsNot() throws Exception {
        provider.user(user("9", "ann", "etm-viewers"));
        signIn(browser());

        HttpResponse<String> audit = TestServer.send(
                server, "GET", "/api/v1/audit", Optional.of(TestServer.token(server)), Optional.empty(), Map.of());

        assertThat(audit.body()).contains("signInByOpenId", "ann").doesNotContain(SigningProvider.SECRET);
    }
}

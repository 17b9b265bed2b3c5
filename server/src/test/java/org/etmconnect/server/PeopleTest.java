// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import tools.jackson.databind.JsonNode;

/** Users, sessions, tokens and the audit log over REST. */
class PeopleTest {

    private static final String OWN_PASSWORD = "correct horse battery";

    private record User(int id, String name, String password) {}

    private static URI server() {
        return TestServer.server().address();
    }

    private static User invited(String role) {
        String name = "u-" + UUID.randomUUID();
        HttpResponse<String> made =
                TestServer.post("/api/v1/users", "{\"name\": \"%s\", \"role\": \"%s\"}".formatted(name, role));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        JsonNode body = TestServer.json(made);
        return new User(
                body.at("/user/id").asInt(), name, body.path("oneTimePassword").asString());
    }

    private static User settled(String role) {
        User invited = invited(role);
        Browser browser = Browser.signedIn(server(), invited.name(), invited.password());
        assertThat(change(browser, invited.password(), OWN_PASSWORD).statusCode())
                .isEqualTo(204);
        return new User(invited.id(), invited.name(), OWN_PASSWORD);
    }

    private static HttpResponse<String> change(Browser browser, String from, String to) {
        return browser.send(
                "PUT", "/api/v1/me/password", "{\"password\": \"%s\", \"newPassword\": \"%s\"}".formatted(from, to));
    }

    private static Browser signedIn(User user) {
        return Browser.signedIn(server(), user.name(), user.password());
    }

    private static HttpResponse<String> asLocal(String method, String path, String body) {
        return TestServer.send(method, path, Optional.of(TestServer.token()), Optional.of(body));
    }

    private static String kind(HttpResponse<String> answer) {
        return TestServer.json(answer).path("type").asString().replace("urn:etm-connect:problem:", "");
    }

    @Test
    void aSavedQueryIsSeenByWhoSavedItAndOneForAllByEverybody() {
        Browser viewer = signedIn(settled("VIEWER"));
        Browser other = signedIn(settled("VIEWER"));
        Browser manager = signedIn(settled("MANAGER"));
        String name = "q-" + UUID.randomUUID();

        JsonNode own = TestServer.json(save(viewer, name, "finding.severity:5", false));
        JsonNode forAll = TestServer.json(save(manager, name, "finding.severity:4", true));

        assertThat(queries(viewer, name)).containsExactlyInAnyOrder("finding.severity:5", "finding.severity:4");
        assertThat(queries(other, name)).containsExactly("finding.severity:4");
        assertThat(kind(save(viewer, name, "finding.severity:3", true))).isEqualTo("forbidden");
        assertThat(kind(delete(other, own))).isEqualTo("not-found");
        assertThat(kind(delete(viewer, forAll))).isEqualTo("forbidden");
        assertThat(save(viewer, name, "finding.severity:2", false).statusCode()).isEqualTo(200);
        assertThat(queries(viewer, name)).containsExactlyInAnyOrder("finding.severity:2", "finding.severity:4");
        assertThat(delete(manager, forAll).statusCode()).isEqualTo(204);
        assertThat(delete(viewer, own).statusCode()).isEqualTo(204);
        assertThat(queries(viewer, name)).isEmpty();
    }

    @Test
    void aQueryThatCannotBeReadIsNotSaved() {
        Browser viewer = signedIn(settled("VIEWER"));

        assertThat(kind(save(viewer, "broken", "finding.severity:(", false))).isEqualTo("query");
        assertThat(kind(save(viewer, "empty", " ", false))).isEqualTo("unusable-values");
        assertThat(kind(asLocal(
                        "POST",
                        "/api/v1/saved-queries",
                        "{\"subject\": \"FINDING\", \"name\": \"whose\", \"query\": \"finding.severity:5\"}")))
                .isEqualTo("conflict");
    }

    private static HttpResponse<String> save(Browser browser, String name, String query, boolean shared) {
        return browser.send(
                "POST",
                "/api/v1/saved-queries",
                "{\"subject\": \"FINDING\", \"name\": \"%s\", \"query\": \"%s\", \"shared\": %s}"
                        .formatted(name, query, shared));
    }

    private static HttpResponse<String> delete(Browser browser, JsonNode query) {
        return browser.send(
                "DELETE", "/api/v1/saved-queries/" + query.path("id").asInt(), "");
    }

    private static List<String> queries(Browser browser, String name) {
        return TestServer.json(browser.get("/api/v1/saved-queries?subject=FINDING"))
                .path("items")
                .valueStream()
                .filter(query -> query.path("name").asString().equals(name))
                .map(query -> query.path("query").asString())
                .toList();
    }

    @Test
    void aNewServerHasAnAdminWhoMustChangeThePassword() {
        JsonNode admin = TestServer.json(TestServer.get("/api/v1/users"))
                .path("items")
                .valueStream()
                .filter(user -> user.path("name").asString().equals("admin"))
                .findFirst()
                .orElseThrow();

        assertThat(admin.path("role").asString()).isEqualTo("MANAGER");
        assertThat(admin.path("mustChangePassword").asBoolean()).isTrue();
    }

    private static String text(String sql) throws Exception {
        try (Connection connection = TestServer.database();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (ResultSet row = statement.getResultSet()) {
                return row.next() ? String.valueOf(row.getString(1)) : "nothing";
            }
        }
    }

    @Test
    void aOneTimePasswordThatWasNotUsedForAWeekOpensNothing() throws Exception {
        User user = invited("VIEWER");
        assertThat(text("select password_ends between now() + interval '167 hours' and now() + interval '168 hours'"
                        + " from person where person_id = " + user.id()))
                .isEqualTo("t");
        text("update person set password_ends = now() where person_id = " + user.id());

        HttpResponse<String> late = new Browser(server()).signIn(user.name(), user.password());

        assertThat(late.statusCode()).isEqualTo(401);
        assertThat(TestServer.json(late).path("detail").asString()).contains("new one-time password");
        String fresh = TestServer.json(TestServer.post("/api/v1/users/" + user.id() + "/password-reset", ""))
                .path("oneTimePassword")
                .asString();
        Browser browser = Browser.signedIn(server(), user.name(), fresh);
        assertThat(change(browser, fresh, OWN_PASSWORD).statusCode()).isEqualTo(204);
        assertThat(text("select password_ends from person where person_id = " + user.id()))
                .as("one's own does not end")
                .isEqualTo("null");
    }

    @Test
    void aHashThatWasCheaperToMakeIsRenewedAtTheNextSignInAndNoSessionEnds() throws Exception {
        User user = settled("VIEWER");
        Browser before = signedIn(user);
        String cheap = new Argon2PasswordEncoder(16, 32, 1, 4_096, 1).encode(OWN_PASSWORD);
        text("update person set password_hash = '" + cheap + "' where person_id = " + user.id());

        Browser after = signedIn(user);

        String hash = text("select password_hash from person where person_id = " + user.id());
        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(before.get("/api/v1/me").statusCode()).isEqualTo(200);
        assertThat(after.get("/api/v1/me").statusCode()).isEqualTo(200);
        signedIn(user);
        assertThat(text("select password_hash from person where person_id = " + user.id()))
                .as("it is good enough now")
                .isEqualTo(hash);
    }

    @Test
    void onesSessionsAreListedAndOneIsEndedByThePassword() {
        User user = settled("VIEWER");
        Browser here = signedIn(user);
        Browser there = signedIn(user);
        Browser other = signedIn(settled("VIEWER"));

        JsonNode all = TestServer.json(here.get("/api/v1/me/sessions")).path("items");
        assertThat(all.valueStream().filter(each -> each.path("current").asBoolean()))
                .hasSize(1);
        assertThat(all.size()).as("with that of the first password").isEqualTo(3);
        JsonNode foreign = all.valueStream()
                .filter(each -> !each.path("current").asBoolean())
                .findFirst()
                .orElseThrow();
        assertThat(foreign.path("address").asString()).isEqualTo("127.0.0.1");
        assertThat(foreign.path("browser").asString()).startsWith("Java-http-client");
        assertThat(all.toString()).doesNotContain(there.cookies().get("etm-session"));
        String end = "/api/v1/me/sessions/" + foreign.path("id").asString() + "/end";

        assertThat(here.send("POST", end, "{\"password\": \"not the password\"}")
                        .statusCode())
                .isEqualTo(422);
        assertThat(other.send("POST", end, "{\"password\": \"" + OWN_PASSWORD + "\"}")
                        .statusCode())
                .as("nobody ends a session of others")
                .isEqualTo(404);
        assertThat(there.get("/api/v1/me").statusCode()).isEqualTo(200);
        assertThat(here.send("POST", end, "{\"password\": \"" + OWN_PASSWORD + "\"}")
                        .statusCode())
                .isEqualTo(204);

        assertThat(there.get("/api/v1/me").statusCode()).isEqualTo(401);
        assertThat(here.get("/api/v1/me").statusCode()).isEqualTo(200);
        assertThat(TestServer.json(here.get("/api/v1/me/sessions"))
                        .path("items")
                        .size())
                .isEqualTo(2);
        assertThat(kind(TestServer.get("/api/v1/me/sessions"))).isEqualTo("conflict");
    }

    @Test
    void aOneTimePasswordOpensNothingButItsOwnChange() {
        User user = invited("MANAGER");
        Browser browser = signedIn(user);

        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(200);
        assertThat(kind(browser.get("/api/v1/assets"))).isEqualTo("password-change");
        assertThat(kind(browser.send("POST", "/api/v1/users", "{\"name\": \"eve\", \"role\": \"MANAGER\"}")))
                .isEqualTo("password-change");

        assertThat(change(browser, user.password(), OWN_PASSWORD).statusCode()).isEqualTo(204);
        assertThat(browser.get("/api/v1/assets").statusCode()).isEqualTo(200);
        assertThat(new Browser(server()).signIn(user.name(), user.password()).statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "aaaaaaaaaaaaaaaa", "", "QualysCortex2026", "Password1234"})
    void aWeakPasswordIsRefusedWithTheReason(String weak) {
        User user = invited("VIEWER");

        HttpResponse<String> answer = change(signedIn(user), user.password(), weak);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(TestServer.json(answer).at("/fields/0/field").asString()).isEqualTo("newPassword");
    }

    @Test
    void theSessionCookieIsOutOfReachOfScriptsAndForeignPages() {
        User user = settled("VIEWER");

        HttpResponse<String> answer = new Browser(server()).signIn(user.name(), user.password());

        assertThat(answer.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("etm-session=")
                        .contains("HttpOnly")
                        .contains("SameSite=Lax")
                        .doesNotContain("Secure"));
    }

    @Test
    void theNameOfASessionAndItsCsrfTokenCannotBeGuessed() {
        User user = settled("VIEWER");

        // The cookie holds the name in base64.
        String one = sessionName(signedIn(user));
        String other = sessionName(signedIn(user));

        assertThat(List.of(one, other)).allSatisfy(name -> assertThat(name).hasSize(36));
        assertThat(Base64.getUrlDecoder().decode(one))
                .hasSize(27)
                .isNotEqualTo(Base64.getUrlDecoder().decode(other));
        assertThat(Base64.getUrlDecoder().decode(signedIn(user).cookies().get("XSRF-TOKEN")))
                .hasSize(32);
    }

    private static String sessionName(Browser browser) {
        return new String(Base64.getDecoder().decode(browser.cookies().get("etm-session")), StandardCharsets.US_ASCII);
    }

    @Test
    void behindATlsProxyCookiesAreSecureAndHstsIsSent() {
        User user = settled("VIEWER");

        Map<String, String> byTls = Map.of("X-Forwarded-Proto", "https", "X-Forwarded-For", "192.0.2.7");
        Browser browser = new Browser(server());
        HttpResponse<String> answer = browser.send(
                "POST",
                "/api/v1/session",
                Optional.of("{\"name\": \"%s\", \"password\": \"%s\"}".formatted(user.name(), user.password())),
                byTls);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Set-Cookie"))
                .filteredOn(cookie -> cookie.contains("etm-session=") || !cookie.contains("Max-Age=0"))
                .isNotEmpty()
                .allSatisfy(cookie -> assertThat(cookie)
                        .startsWith("__Host-")
                        .contains("Secure")
                        .contains("Path=/;")
                        .doesNotContain("Domain"))
                .anySatisfy(cookie ->
                        assertThat(cookie).startsWith("__Host-etm-session=").contains("HttpOnly"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("__Host-XSRF-TOKEN="));
        assertThat(browser.send("GET", "/api/v1/me", Optional.empty(), byTls).statusCode())
                .isEqualTo(200);
        assertThat(browser.send("DELETE", "/api/v1/session", Optional.empty(), byTls)
                        .statusCode())
                .isEqualTo(204);
        assertThat(answer.headers().firstValue("Strict-Transport-Security").orElseThrow())
                .contains("max-age=31536000")
                .contains("includeSubDomains");
        assertThat(TestServer.get("/api/v1/audit?object=users/" + user.id() + "&action=signIn")
                        .body())
                .contains("192.0.2.7");
    }

    @Test
    void signingInEndsTheSessionTheBrowserHadBefore() {
        User user = settled("VIEWER");
        Browser browser = signedIn(user);
        String planted = browser.cookies().get("etm-session");

        browser.signIn(user.name(), user.password());

        assertThat(browser.cookies().get("etm-session")).isNotEqualTo(planted);
        Browser attacker = new Browser(server());
        attacker.cookies().put("etm-session", planted);
        assertThat(attacker.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void aChangeWithoutTheCsrfHeaderIsRefused() {
        User manager = settled("MANAGER");
        Browser browser = signedIn(manager).withoutCsrfHeader();

        assertThat(browser.get("/api/v1/users").statusCode()).isEqualTo(200);
        HttpResponse<String> forged =
                browser.send("POST", "/api/v1/users", "{\"name\": \"eve\", \"role\": \"MANAGER\"}");

        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(kind(forged)).isEqualTo("csrf");
        JsonNode logged = TestServer.json(TestServer.get("/api/v1/audit?action=foreignRequest&actor=" + manager.name()))
                .at("/items/0");
        assertThat(logged.path("status").asInt()).isEqualTo(403);
        assertThat(logged.path("object").asString()).isEqualTo("POST /api/v1/users");
    }

    @Test
    void aForeignPageCannotSignABrowserIn() {
        User user = settled("VIEWER");

        HttpResponse<String> answer = new Browser(server())
                .send(
                        "POST",
                        "/api/v1/session",
                        Optional.of("{\"name\": \"%s\", \"password\": \"%s\"}".formatted(user.name(), user.password())),
                        Map.of("Sec-Fetch-Site", "cross-site"));

        assertThat(answer.statusCode()).isEqualTo(403);
    }

    @Test
    void aWrongTokenIsNotHelpedByASession() {
        Browser browser = signedIn(settled("MANAGER"));

        HttpResponse<String> answer =
                browser.send("GET", "/api/v1/users", Optional.empty(), Map.of("Authorization", "Bearer etm_wrong"));

        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    void signingOutEndsTheSessionOnTheServer() {
        Browser browser = signedIn(settled("VIEWER"));
        String session = browser.cookies().get("etm-session");

        assertThat(browser.send("DELETE", "/api/v1/session", Optional.empty(), Map.of())
                        .statusCode())
                .isEqualTo(204);

        browser.cookies().put("etm-session", session);
        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"role\": \"VIEWER\"}", "{\"active\": false}"})
    void aChangeOfRightsEndsTheUsersSessions(String changed) {
        User user = settled("MANAGER");
        Browser browser = signedIn(user);

        assertThat(asLocal("PATCH", "/api/v1/users/" + user.id(), changed).statusCode())
                .isEqualTo(200);

        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void aNewPasswordEndsTheOtherSessionsOnly() {
        User user = settled("VIEWER");
        Browser here = signedIn(user);
        Browser elsewhere = signedIn(user);

        assertThat(change(here, user.password(), "another good password").statusCode())
                .isEqualTo(204);

        assertThat(here.get("/api/v1/me").statusCode()).isEqualTo(200);
        assertThat(elsewhere.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void aResetPasswordEndsTheSessionsAndMustBeChanged() {
        User user = settled("VIEWER");
        Browser browser = signedIn(user);

        HttpResponse<String> reset = asLocal("POST", "/api/v1/users/" + user.id() + "/password-reset", "");

        assertThat(reset.statusCode()).isEqualTo(200);
        assertThat(TestServer.json(reset).at("/user/mustChangePassword").asBoolean())
                .isTrue();
        assertThat(browser.get("/api/v1/me").statusCode()).isEqualTo(401);
    }

    @Test
    void unknownInactiveAndWrongAreToldApartByNobody() {
        User inactive = settled("VIEWER");
        asLocal("PATCH", "/api/v1/users/" + inactive.id(), "{\"active\": false}");
        User wrong = settled("VIEWER");
        Browser browser = new Browser(server());

        String unknown =
                browser.signIn("nobody-" + UUID.randomUUID(), OWN_PASSWORD).body();

        assertThat(browser.signIn(inactive.name(), inactive.password()).body()).isEqualTo(unknown);
        assertThat(browser.signIn(wrong.name(), "not the password").body()).isEqualTo(unknown);
    }

    @Test
    void afterFiveFailuresAnAccountWaitsEvenWithTheRightPassword() {
        User user = settled("VIEWER");
        // Each from an address of its own, so that only the account's limit counts.
        for (int failure = 1; failure <= 5; failure++) {
            assertThat(guess(user, "wrong", "198.51.100." + failure).statusCode())
                    .isEqualTo(401);
        }

        HttpResponse<String> blocked = guess(user, user.password(), "198.51.100.6");

        assertThat(blocked.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(blocked.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 60);
        assertThat(TestServer.get("/api/v1/audit?action=signInBlocked&object=users/" + user.id())
                        .body())
                .contains("198.51.100.5");
    }

    @Test
    void aResetPasswordLetsInAnAccountThatStrangersHadBlocked() {
        User user = settled("VIEWER");
        for (int failure = 1; failure <= 5; failure++) {
            guess(user, "wrong", "198.51.100." + failure);
        }
        assertThat(guess(user, user.password(), "198.51.100.6").statusCode()).isEqualTo(429);

        String password = TestServer.json(asLocal("POST", "/api/v1/users/" + user.id() + "/password-reset", ""))
                .path("oneTimePassword")
                .asString();

        assertThat(guess(user, password, "198.51.100.6").statusCode()).isEqualTo(200);
    }

    @Test
    void afterTwentyFailuresAnAddressWaitsWhateverTheName() {
        String address = "203.0.113." + (1 + (int) (Math.random() * 250));
        User user = settled("VIEWER");
        for (int failure = 1; failure <= 20; failure++) {
            assertThat(guess(new User(0, "nobody-" + UUID.randomUUID(), ""), "wrong password", address)
                            .statusCode())
                    .isEqualTo(401);
        }

        assertThat(guess(user, user.password(), address).statusCode()).isEqualTo(429);
        assertThat(guess(user, user.password(), "203.0.114.9").statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> guess(User user, String password, String address) {
        return new Browser(server())
                .send(
                        "POST",
                        "/api/v1/session",
                        Optional.of("{\"name\": \"%s\", \"password\": \"%s\"}".formatted(user.name(), password)),
                        Map.of("X-Forwarded-For", address));
    }

    @Test
    void aTokenIsShownOnceAndLetsInUntilItIsRevoked() {
        JsonNode made = TestServer.json(TestServer.post(
                "/api/v1/tokens",
                "{\"name\": \"%s\", \"role\": \"VIEWER\", \"days\": 2}".formatted("ci " + UUID.randomUUID())));
        String token = made.path("token").asString();
        int id = made.at("/details/id").asInt();

        assertThat(token).startsWith("etm_");
        assertThat(TestServer.send("GET", "/api/v1/assets", Optional.of(token), Optional.empty())
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> listed = TestServer.get("/api/v1/tokens/" + id);
        assertThat(listed.body()).doesNotContain(token);
        assertThat(TestServer.json(listed).path("lastUsed").isMissingNode()).isFalse();

        assertThat(asLocal("DELETE", "/api/v1/tokens/" + id, "").statusCode()).isEqualTo(204);
        assertThat(TestServer.send("GET", "/api/v1/assets", Optional.of(token), Optional.empty())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aTokenNeverDoesMoreThanItsOwnerMay() {
        User owner = settled("MANAGER");
        JsonNode made = TestServer.json(signedIn(owner)
                .send(
                        "POST",
                        "/api/v1/tokens",
                        "{\"name\": \"%s\", \"role\": \"MANAGER\"}".formatted("ci " + UUID.randomUUID())));
        Optional<String> token = Optional.of(made.path("token").asString());
        assertThat(TestServer.send("GET", "/api/v1/users", token, Optional.empty())
                        .statusCode())
                .isEqualTo(200);

        asLocal("PATCH", "/api/v1/users/" + owner.id(), "{\"role\": \"VIEWER\"}");
        assertThat(TestServer.send("GET", "/api/v1/users", token, Optional.empty())
                        .statusCode())
                .isEqualTo(403);
        asLocal("PATCH", "/api/v1/users/" + owner.id(), "{\"active\": false}");
        assertThat(TestServer.send("GET", "/api/v1/assets", token, Optional.empty())
                        .statusCode())
                .isEqualTo(401);
        assertThat(asLocal("DELETE", "/api/v1/users/" + owner.id(), "").statusCode())
                .isEqualTo(204);
        assertThat(TestServer.json(TestServer.get(
                                "/api/v1/tokens/" + made.at("/details/id").asInt()))
                        .path("revokedAt")
                        .isMissingNode())
                .isFalse();
    }

    @Test
    void theAuditLogHasWhoWhatBeforeAndAfter() {
        User user = settled("VIEWER");

        asLocal("PATCH", "/api/v1/users/" + user.id(), "{\"role\": \"MANAGER\"}");

        JsonNode entry = TestServer.json(
                        TestServer.get("/api/v1/audit?actor=local&action=changeUser&object=users/" + user.id()))
                .at("/items/0");
        assertThat(entry.path("status").asInt()).isEqualTo(200);
        assertThat(entry.at("/request/role").asString()).isEqualTo("MANAGER");
        assertThat(entry.at("/before/role").asString()).isEqualTo("VIEWER");
        assertThat(entry.at("/after/role").asString()).isEqualTo("MANAGER");
        assertThat(entry.path("address").asString()).isEqualTo("127.0.0.1");
    }

    @Test
    void whatWasRefusedIsLoggedToo() {
        User viewer = settled("VIEWER");

        signedIn(viewer).send("DELETE", "/api/v1/users/" + viewer.id(), Optional.empty(), Map.of());

        JsonNode entry = TestServer.json(TestServer.get("/api/v1/audit?action=deleteUser&actor=" + viewer.name()))
                .at("/items/0");
        assertThat(entry.path("status").asInt()).isEqualTo(403);
        assertThat(entry.path("object").asString()).isEqualTo("users/" + viewer.id());
    }

    @Test
    void readingWhatTheRoleDoesNotAllowIsLoggedToo() {
        User viewer = settled("VIEWER");

        signedIn(viewer).get("/api/v1/users");

        JsonNode log = TestServer.json(TestServer.get("/api/v1/audit?action=listUsers&actor=" + viewer.name()));
        assertThat(log.path("items").size()).isEqualTo(1);
        assertThat(log.at("/items/0/status").asInt()).isEqualTo(403);
        assertThat(log.at("/items/0/object").asString()).isEqualTo("users");
    }

    @Test
    void whatIsMadeIsFoundUnderItsIdAndNoSecretIsLogged() {
        HttpResponse<String> made = TestServer.post("/api/v1/connections", """
            {"name": "audited %s", "connector": "cortex-xdr", "findingTypes": ["VULNERABILITY"],
             "values": {"baseURL": "https://api-lab.example.com", "x-xdr-auth-id": "7"},
             "secrets": {"apiKey": "planted-key-93f1"},
             "network": {"proxy": {"host": "proxy.invalid", "port": 3128, "user": "u", "password": "planted-pw-93f1"}}}
            """.formatted(UUID.randomUUID()));

        HttpResponse<String> log = TestServer.get("/api/v1/audit?action=createConnection&limit=200");
        assertThat(log.body()).doesNotContain("planted-");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String object = "connections/" + TestServer.json(made).path("id").asInt();
        JsonNode entry = TestServer.json(TestServer.get("/api/v1/audit?object=" + object))
                .at("/items/0");
        assertThat(entry.at("/after/name").asString()).startsWith("audited");
        assertThat(entry.at("/request/secrets/apiKey").asString()).isEqualTo("***");
        assertThat(entry.at("/request/network/proxy/password").asString()).isEqualTo("***");
    }

    @Test
    void theAuditLogIsReadInPages() {
        for (int count = 0; count < 3; count++) {
            invited("VIEWER");
        }

        JsonNode first = TestServer.json(TestServer.get("/api/v1/audit?action=createUser&limit=2"));
        JsonNode second = TestServer.json(TestServer.get("/api/v1/audit?action=createUser&limit=2&cursor="
                + first.path("nextCursor").asString()));

        assertThat(first.path("items").size()).isEqualTo(2);
        assertThat(second.at("/items/0/id").asLong())
                .isLessThan(first.at("/items/1/id").asLong());
    }

    @Test
    void namesThatCannotBeAreRefused() {
        for (String name : new String[] {"local", "a b", "-x", "system"}) {
            assertThat(TestServer.post("/api/v1/users", "{\"name\": \"%s\", \"role\": \"VIEWER\"}".formatted(name))
                            .statusCode())
                    .as(name)
                    .isEqualTo(422);
        }
    }

    @Test
    void browsersAreToldToBeStrict() {
        HttpResponse<String> answer = TestServer.get("/api/v1/me");

        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("frame-ancestors 'none'")
                .contains("object-src 'none'")
                .contains("base-uri 'none'")
                .contains("script-src 'self'");
        assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/v1/assets?query=a|b HTTP/1.1",
                "GET /api/v1/%zz HTTP/1.1",
                "GET /api/v1/a%00b HTTP/1.1",
                "GET /api/v1//assets HTTP/1.1",
                "GET /api/v1/a;b=c HTTP/1.1",
                "GET /api/v1/..%2fassets HTTP/1.1",
                "TRACE /api/v1/assets HTTP/1.1",
                "BREW /api/v1/assets HTTP/1.1"
            })
    void aMalformedRequestIsAProblemAndNoPage(String line) throws IOException {
        try (Socket socket = new Socket(server().getHost(), server().getPort())) {
            socket.getOutputStream()
                    .write((line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer)
                    .containsPattern("^HTTP/1.1 4\\d\\d")
                    .doesNotContain("<html")
                    .doesNotContain("Tomcat");
            assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
            assertThat(answer)
                    .contains("urn:etm-connect:problem:")
                    .containsIgnoringCase("x-content-type-options: nosniff")
                    .containsPattern("(?i)content-security-policy: .*frame-ancestors 'none'");
        }
    }

    @Test
    void aBodyThatIsTooLongIsRefusedWhetherItsLengthIsSaidOrNot() throws IOException {
        String open = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\n";
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";

        assertThat(answer(open + "Content-Length: 99999999\r\n\r\n{\"name\": \""))
                .startsWith("HTTP/1.1 413")
                .contains("urn:etm-connect:problem:too-large");
        assertThat(answer(open + "Transfer-Encoding: chunked\r\n\r\na\r\n{\"name\": \"\r\n" + chunk + chunk))
                .startsWith("HTTP/1.1 413")
                .contains("urn:etm-connect:problem:too-large");
    }

    @Test
    void aRequestIsNotHiddenInTheBodyOfAnother() throws IOException {
        String hidden = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String twoLengths = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 2\r\nContent-Length: " + (2 + hidden.length()) + "\r\n\r\n{}" + hidden;
        String twoWays = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + (12 + hidden.length())
                + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + hidden;

        for (String request : List.of(twoLengths, twoWays)) {
            try (Socket socket = new Socket(server().getHost(), server().getPort())) {
                socket.setSoTimeout(30_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 4")
                        .doesNotContain("HTTP/1.1 200");
            }
        }
    }

    private static String answer(String request) throws IOException {
        try (Socket socket = new Socket(server().getHost(), server().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            // the server closes without having read all, which may reset the connection behind its answer
            byte[] answer = new byte[4_096];
            int length = socket.getInputStream().read(answer);
            return new String(answer, 0, Math.max(length, 0), StandardCharsets.UTF_8);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenID Connect provider at which one user is signed in already. It insists on what the standard asks of this server:
 * the client's secret, the same redirect URI twice, and the verifier of PKCE.
 */
final class SigningProvider implements AutoCloseable {

    static final String CLIENT = "etm";
    static final String SECRET = "provider-knows-us";

    /** What is wrong with its tokens. */
    enum Lie {
        NONE,
        /** As of one who replays somebody else's. */
        ANOTHERS_NONCE,
        ANOTHERS_AUDIENCE,
        ANOTHERS_ISSUER,
        OUT_OF_DATE,
        SIGNED_BY_ANOTHER_KEY,
        /** The public key taken for a secret that both sides share. */
        SIGNED_BY_THE_PUBLIC_KEY,
        NOT_SIGNED
    }

    private record Code(Map<String, String> request) {}

    private final HttpServer server;
    private final RSAKey key;
    private final Map<String, Code> codes = new ConcurrentHashMap<>();
    private volatile Map<String, Object> claims = Map.of();
    private volatile Lie lie = Lie.NONE;

    private SigningProvider(HttpServer server, RSAKey key) {
        this.server = server;
        this.key = key;
    }

    static SigningProvider start() throws IOException, JOSEException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        SigningProvider provider = new SigningProvider(
                server, new RSAKeyGenerator(2048).keyID("one").generate());
        server.createContext("/.well-known/openid-configuration", provider::configuration);
        server.createContext("/authorize", provider::authorize);
        server.createContext("/token", provider::token);
        server.createContext(
                "/keys", exchange -> answer(exchange, 200, new JWKSet(provider.key.toPublicJWK()).toString()));
        server.start();
        return provider;
    }

    URI issuer() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Whom it vouches for from now on. */
    void user(Map<String, Object> given) {
        claims = given;
    }

    /** Makes its tokens wrong from now on. */
    void lies(Lie given) {
        lie = given;
    }

    private void configuration(HttpExchange exchange) throws IOException {
        answer(
                exchange,
                200,
                json(Map.of(
                        "issuer", issuer().toString(),
                        "authorization_endpoint", issuer() + "/authorize",
                        "token_endpoint", issuer() + "/token",
                        "jwks_uri", issuer() + "/keys",
                        "subject_types_supported", List.of("public"),
                        "response_types_supported", List.of("code"),
                        "id_token_signing_alg_values_supported", List.of("RS256"))));
    }

    private void authorize(HttpExchange exchange) throws IOException {
        Map<String, String> request = form(exchange.getRequestURI().getRawQuery());
        String code = UUID.randomUUID().toString();
        codes.put(code, new Code(request));
        exchange.getResponseHeaders()
                .add("Location", request.get("redirect_uri") + "?code=" + code + "&state=" + request.get("state"));
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Code code = codes.remove(form.getOrDefault("code", ""));
        String basic =
                "Basic " + Base64.getEncoder().encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
        if (code == null
                || !basic.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                || !form.get("redirect_uri").equals(code.request().get("redirect_uri"))
                || !challenge(form.get("code_verifier")).equals(code.request().get("code_challenge"))) {
            answer(exchange, 400, "{\"error\": \"invalid_grant\"}");
            return;
        }
        String nonce =
                lie == Lie.ANOTHERS_NONCE ? "somebody-elses" : code.request().get("nonce");
        answer(
                exchange,
                200,
                json(Map.of(
                        "access_token", "a", "token_type", "Bearer", "expires_in", 60, "id_token", idToken(nonce))));
    }

    private String idToken(String nonce) {
        Instant now = Instant.now();
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder()
                .issuer(lie == Lie.ANOTHERS_ISSUER ? "https://login.example.org" : issuer().toString())
                .audience(lie == Lie.ANOTHERS_AUDIENCE ? "another client" : CLIENT)
                .issueTime(Date.from(now.minusSeconds(lie == Lie.OUT_OF_DATE ? 7_200 : 0)))
                .expirationTime(Date.from(now.plusSeconds(lie == Lie.OUT_OF_DATE ? -3_600 : 60)))
                .claim("nonce", nonce);
        claims.forEach(set::claim);
        if (lie == Lie.NOT_SIGNED) {
            return new PlainJWT(set.build()).serialize();
        }
        boolean confused = lie == Lie.SIGNED_BY_THE_PUBLIC_KEY;
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(confused ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .build(),
                set.build());
        try {
            RSAKey signing = lie == Lie.SIGNED_BY_ANOTHER_KEY ? new RSAKeyGenerator(2048).generate() : key;
            token.sign(confused ? new MACSigner(key.toRSAPublicKey().getEncoded()) : new RSASSASigner(signing));
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
        return token.serialize();
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, String> form(String text) {
        return Stream.of(text.split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static String json(Object value) {
        return JsonMapper.builder().build().writeValueAsString(value);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

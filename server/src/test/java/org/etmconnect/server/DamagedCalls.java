// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls of all operations of the API's description, made from its schemas and then damaged, as choices say. A new operation
 * is called because it is described.
 */
final class DamagedCalls {

    /** Makes one of {@code ways} choices, from 0. */
    @FunctionalInterface
    interface Choices {
        int below(int ways);
    }

    private record Operation(
            String id, String method, String path, List<Map<String, Object>> parameters, Object body) {}

    private record Call(Operation operation, String target, Map<String, String> headers, byte[] body) {}

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    /** They end the caller's session, stream without end, or copy the whole server. */
    private static final Set<String> LEFT_OUT = Set.of("signOut", "followRun", "writeBackup");

    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Of one list. With a longer body the answer may come, and the connection end, before all of it is sent. */
    private static final int MOST_CHARACTERS = 4 << 20;

    private static final int DEEPEST = 6;

    private static final List<String> TEXTS = List.of(
            "a",
            "",
            " ",
            "Cortex XDR endpoints to ETM",
            "cortex-xdr",
            "qualys-etm-api",
            "UTC",
            "Europe/Berlin",
            "0 2 * * *",
            "0 0 30 2 *",
            "*/0 * * * *",
            "http://127.0.0.1:9",
            "https://localhost:9/x?y#z",
            "http://[::1",
            "2026-03-01T02:00",
            "9999-12-31T23:59:59",
            "0000-00-00T99:99",
            "ETM Host Asset",
            "asset.name:web and not (finding.severity > 3",
            "asset.name:web",
            "\u0000",
            "a\u0000b",
            "\ud800",
            "\udc00x",
            "\ud83d\ude00\u202e\u0007",
            "../../../etc/passwd",
            "'; drop table run; --",
            "%00%ff",
            "-1",
            "99999999999999999999999",
            "NaN",
            "\"3\"",
            "987654321-987654321",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            "name: T\nsource: Cortex XDR Endpoint\ntarget: ETM Host Asset\nrows:\n"
                    + "  - {source: endpoint_id, target: externalAssetId}\n",
            "name: T\nsource: Cortex XDR Endpoint\ntarget: ETM Host Asset\nrows:\n"
                    + "  - {source: endpoint_name, target: name, expression: 'value.matches(\"(a+)+$\") ? value : \"\"'}\n",
            "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
            "[".repeat(2_000),
            "{a: ".repeat(2_000),
            "x".repeat(300),
            "é".repeat(2_500),
            "x y ".repeat(50_000));

    private static final List<String> NUMBERS = List.of(
            "1",
            "0",
            "-1",
            "2",
            "7",
            "1000",
            "2147483647",
            "2147483648",
            "-9223372036854775809",
            "1.5",
            "1e2",
            "1e999",
            "1e99999999",
            "0.00000000000000000000000000001",
            "9".repeat(900),
            "9".repeat(1_200));

    private static final List<String> NAMES = List.of(
            "baseURL", "apiKey", "apiKeyId", "securityLevel", "url", "events", "gatewayURL", "username", "\u0000");

    private static final List<String> WRONG = List.of(
            "null", "true", "{}", "[]", "[[[]]]", "\"\"", "{\"a\":{\"a\":{}}}", "[null]", "\"2026-13-45\"", "{\"\":1}");

    private final HttpClient client = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final Map<String, Object> description;
    private final List<Operation> operations = new ArrayList<>();
    private final URI server;
    private final String token;

    DamagedCalls(URI server, String token) {
        this.server = server;
        this.token = token;
        try (InputStream file =
                Objects.requireNonNull(DamagedCalls.class.getResourceAsStream("/openapi/etm-connect.yaml"))) {
            this.description = new Yaml().load(file);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
        map(description.get("paths"))
                .forEach((path, item) -> map(item).forEach((method, each) -> {
                    Map<String, Object> operation = map(each);
                    String id = String.valueOf(operation.get("operationId"));
                    if (METHODS.contains(method) && !LEFT_OUT.contains(id)) {
                        List<Map<String, Object>> parameters = new ArrayList<>();
                        list(map(item).get("parameters")).forEach(parameter -> parameters.add(resolved(parameter)));
                        list(operation.get("parameters")).forEach(parameter -> parameters.add(resolved(parameter)));
                        Map<String, Object> content =
                                map(resolved(operation.get("requestBody")).get("content"));
                        operations.add(new Operation(
                                id,
                                method.toUpperCase(Locale.ROOT),
                                path,
                                parameters,
                                map(content.get("application/json")).get("schema")));
                    }
                }));
        assertThat(operations).hasSizeGreaterThan(80);
    }

    /** How many operations there are. */
    int operations() {
        return operations.size();
    }

    /**
     * Makes a call as {@code choices} say, and checks what holds for every answer: it comes soon, is no fault of the server's,
     * and a refusal says what is wrong and what to do.
     *
     * @param operation which of the operations, from 0
     */
    void make(int operation, Choices choices) {
        Call call = call(operations.get(operation), choices);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + call.target()))
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + token);
        call.headers().forEach(request::header);
        request.method(
                call.operation().method(),
                call.body().length == 0
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(call.body()));
        HttpResponse<String> answer = answer(request.build(), call);
        assertThat(answer.statusCode())
                .as("%s: %s", told(call), answer.body())
                .isLessThan(500)
                .isNotEqualTo(call.operation().id().equals("signIn") ? 0 : 401);
        if (answer.statusCode() >= 400) {
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .as("%s: %s", told(call), answer.body())
                    .startsWith("application/problem+json");
            JsonNode problem = json.readTree(answer.body());
            assertThat(List.of("type", "title", "detail"))
                    .as("%s: %s", told(call), answer.body())
                    .allSatisfy(field -> assertThat(problem.path(field).asString(""))
                            .as(field)
                            .isNotBlank());
            if (!call.operation().path().contains("{") && call.headers().isEmpty()) {
                // What is said where nothing is known, so also where the advice itself fails. Of a path or a header
                // that cannot
                // be read it is right.
                assertThat(problem.path("detail").asString(""))
                        .as(told(call))
                        .doesNotContain("refused before it was read");
            }
        }
    }

    private HttpResponse<String> answer(HttpRequest request, Call call) {
        for (boolean first = true; ; first = false) {
            try {
                return client.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (IOException broken) {
                // The server may have closed a connection that was idle for long in the moment that it was used again.
                if (!first) {
                    throw new AssertionError(told(call) + " was not answered: " + broken, broken);
                }
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
        }
    }

    private static String told(Call call) {
        String body = new String(call.body(), StandardCharsets.UTF_8);
        return call.operation().method() + " " + call.target() + " "
                + (body.length() > 2_000 ? body.substring(0, 2_000) + "…" : body);
    }

    private Call call(Operation operation, Choices choices) {
        String path = operation.path();
        StringBuilder query = new StringBuilder();
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map<String, Object> parameter : operation.parameters()) {
            String name = String.valueOf(parameter.get("name"));
            boolean needed = Boolean.TRUE.equals(parameter.get("required"));
            if (!needed && choices.below(3) == 0) {
                continue;
            }
            String value = bare(value(parameter.get("schema"), choices, 0));
            switch (String.valueOf(parameter.get("in"))) {
                case "path" ->
                    path = path.replace(
                            "{" + name + "}",
                            TestServer.encode(value.isEmpty() ? "1" : value).replace("+", "%20"));
                case "query" ->
                    query.append(query.isEmpty() ? '?' : '&')
                            .append(name)
                            .append('=')
                            .append(TestServer.encode(shortened(value)));
                default -> headers.put(name, value.replaceAll("[^ -~]", "").strip());
            }
        }
        byte[] body = new byte[0];
        if (operation.body() != null) {
            String text = value(operation.body(), choices, 0);
            body = damaged(text, choices);
            headers.put("Content-Type", choices.below(40) == 39 ? "text/plain" : "application/json");
        }
        return new Call(operation, path + query, headers, body);
    }

    /** A request line has a limit of its own, and what is past it is Tomcat's to refuse. A letter may take six characters there. */
    private static String shortened(String value) {
        return value.length() > 1_000 ? value.substring(0, 1_000) : value;
    }

    private static byte[] damaged(String text, Choices choices) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return switch (choices.below(16)) {
            case 12 -> text.substring(0, choices.below(text.length() + 1)).getBytes(StandardCharsets.UTF_8);
            case 13 -> {
                if (bytes.length > 0) {
                    bytes[choices.below(bytes.length)] = (byte) choices.below(256);
                }
                yield bytes;
            }
            case 14 -> ("[".repeat(1 + choices.below(3_000)) + text).getBytes(StandardCharsets.UTF_8);
            case 15 -> text.getBytes(StandardCharsets.UTF_16);
            default -> bytes;
        };
    }

    /** Without quotes, as a parameter has it. */
    private String bare(String value) {
        try {
            return value.startsWith("\"") ? json.readTree(value).asString() : value;
        } catch (JacksonException half) {
            return value;
        }
    }

    private String value(Object schema, Choices choices, int depth) {
        Map<String, Object> type = resolved(schema);
        if (choices.below(12) == 11) {
            return WRONG.get(choices.below(WRONG.size()));
        }
        if (type.get("enum") instanceof List<?> words) {
            return choices.below(8) == 7
                    ? text(choices)
                    : quoted(String.valueOf(words.get(choices.below(words.size()))));
        }
        return switch (String.valueOf(type.get("type"))) {
            case "boolean" -> choices.below(2) == 0 ? "true" : "false";
            case "integer", "number" -> NUMBERS.get(choices.below(NUMBERS.size()));
            case "array" -> array(type, choices, depth);
            case "object" -> object(type, choices, depth);
            default -> text(choices);
        };
    }

    private String array(Map<String, Object> type, Choices choices, int depth) {
        int size = depth > DEEPEST ? 0 : choices.below(4);
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            elements.add(value(type.get("items"), choices, depth + 1));
        }
        if (size > 0 && choices.below(25) == 24) {
            String first = elements.getFirst();
            while (elements.size() < 1_200 && elements.size() * (long) first.length() < MOST_CHARACTERS) {
                elements.add(first);
            }
        }
        return "[" + String.join(",", elements) + "]";
    }

    private String object(Map<String, Object> type, Choices choices, int depth) {
        List<String> members = new ArrayList<>();
        List<Object> required = list(type.get("required"));
        map(type.get("properties")).forEach((name, schema) -> {
            boolean there = required.contains(name) ? choices.below(16) != 15 : choices.below(2) == 1;
            if (there && depth <= DEEPEST) {
                members.add(quoted(name) + ":" + value(schema, choices, depth + 1));
            }
        });
        Object more = type.get("additionalProperties");
        if (more instanceof Map<?, ?> || Boolean.TRUE.equals(more)) {
            int size = choices.below(5);
            for (int i = 0; i < size; i++) {
                members.add(quoted(NAMES.get(choices.below(NAMES.size()))) + ":"
                        + (more instanceof Map<?, ?> ? value(more, choices, depth + 1) : text(choices)));
            }
        }
        if (choices.below(20) == 19) {
            members.add("\"unknown\":1");
        }
        if (!members.isEmpty() && choices.below(20) == 19) {
            members.add(members.getFirst());
        }
        return "{" + String.join(",", members) + "}";
    }

    private String text(Choices choices) {
        return quoted(TEXTS.get(choices.below(TEXTS.size())));
    }

    /** As JSON. A half of a surrogate pair has no bytes of its own, so it is escaped. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter < ' ' || letter == '"' || letter == '\\' || Character.isSurrogate(letter)) {
                quoted.append("\\u%04x".formatted((int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }

    private Map<String, Object> resolved(Object node) {
        Map<String, Object> found = map(node);
        if (found.get("$ref") instanceof String reference) {
            Object target = description;
            for (String step : reference.substring(2).split("/")) {
                target = map(target).get(step);
            }
            return resolved(target);
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return value instanceof List<?> list ? (List<Object>) list : List.of();
    }
}

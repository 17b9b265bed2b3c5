// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** The server's REST API. What fails is said as a {@link CliFailure}. Used by one thread. */
final class Api {

    /** Longer than any request of the server takes: a connection test waits for the vendor. */
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int MOST_WAITS = 5;

    private final URI server;
    private final Optional<String> token;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final JsonMapper json = JsonMapper.builder().build();

    Api(URI server, Optional<String> token) {
        this.server = server;
        this.token = token;
    }

    URI server() {
        return server;
    }

    JsonNode get(String path) {
        return get(path, Map.of());
    }

    JsonNode get(String path, Map<String, String> parameters) {
        String query = encoded(parameters);
        return send(
                "GET",
                query.isEmpty() ? path : path + "?" + query,
                Optional.empty(),
                parameters.get("query"),
                Optional.empty());
    }

    /**
     * Copies an answer as it comes, however long it is.
     *
     * @throws IOException if it breaks off or cannot be written
     */
    void download(String path, Map<String, String> parameters, OutputStream to) throws IOException {
        download("GET", path, parameters, to);
    }

    /** The same by another method, without a body. */
    void download(String method, String path, Map<String, String> parameters, OutputStream to) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path + "?" + encoded(parameters)))
                .method(method, HttpRequest.BodyPublishers.noBody());
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        try {
            HttpResponse<InputStream> response = exchange(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() >= 400) {
                    throw problem(
                            response.statusCode(), json.readTree(body), Optional.ofNullable(parameters.get("query")));
                }
                body.transferTo(to);
            }
        } catch (ConnectException refused) {
            throw unreachable(refused);
        } catch (JacksonException foreign) {
            throw new IOException("what came is no answer of ETM Connect", foreign);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CliFailure("Stopped.", stopped);
        }
    }

    private static String encoded(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private CliFailure unreachable(ConnectException refused) {
        return new CliFailure(
                "No server answers at " + server + ".\nStart one with ./etm serve, or name another with --server.",
                refused);
    }

    JsonNode post(String path, Optional<JsonNode> body) {
        return send("POST", path, body, null, Optional.empty());
    }

    JsonNode put(String path, JsonNode body) {
        return send("PUT", path, Optional.of(body), null, Optional.empty());
    }

    /** Writes only if the thing still has the version that was seen. */
    JsonNode putIfUnchanged(String path, JsonNode body, String version) {
        return send("PUT", path, Optional.of(body), null, Optional.of("\"" + version + "\""));
    }

    JsonNode patch(String path, JsonNode body) {
        return send("PATCH", path, Optional.of(body), null, Optional.empty());
    }

    void delete(String path) {
        send("DELETE", path, Optional.empty(), null, Optional.empty());
    }

    /** One event of a stream. */
    record Event(String name, String id, JsonNode data) {}

    /**
     * Reads server-sent events until the stream ends.
     *
     * @param lastSeen id of the last event seen before; empty for all
     * @throws IOException if the connection breaks
     */
    void events(String path, String lastSeen, Consumer<Event> each) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT).header("Accept", "text/event-stream");
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        if (!lastSeen.isEmpty()) {
            request.header("Last-Event-ID", lastSeen);
        }
        try {
            HttpResponse<Stream<String>> response = exchange(request.build(), HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = response.body()) {
                if (response.statusCode() >= 400) {
                    throw problem(
                            response.statusCode(),
                            json.readTree(lines.collect(Collectors.joining("\n"))),
                            Optional.empty());
                }
                String name = "";
                String id = "";
                StringBuilder data = new StringBuilder();
                for (Iterator<String> rest = lines.iterator(); rest.hasNext(); ) {
                    String line = rest.next();
                    if (line.startsWith("event:")) {
                        name = line.substring("event:".length()).strip();
                    } else if (line.startsWith("id:")) {
                        id = line.substring("id:".length()).strip();
                    } else if (line.startsWith("data:")) {
                        data.append(line.substring("data:".length()));
                    } else if (line.isEmpty() && !data.isEmpty()) {
                        each.accept(new Event(name, id, json.readTree(data.toString())));
                        data.setLength(0);
                    }
                }
            }
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        } catch (JacksonException foreign) {
            throw new IOException("what came is no event", foreign);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CliFailure("Stopped.", stopped);
        }
    }

    private JsonNode send(
            String method,
            String path,
            Optional<JsonNode> body,
            @org.jspecify.annotations.Nullable String query,
            Optional<String> ifMatch) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(TIMEOUT)
                .header("Accept", "application/json, application/problem+json");
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        body.ifPresent(document -> request.header("Content-Type", "application/json"));
        ifMatch.ifPresent(version -> request.header("If-Match", version));
        request.method(
                method,
                body.map(document -> HttpRequest.BodyPublishers.ofString(document.toString()))
                        .orElseGet(HttpRequest.BodyPublishers::noBody));
        try {
            HttpResponse<String> response =
                    exchange(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            JsonNode answer = read(response);
            if (response.statusCode() >= 400) {
                throw problem(response.statusCode(), answer, Optional.ofNullable(query));
            }
            return answer;
        } catch (ConnectException refused) {
            throw unreachable(refused);
        } catch (IOException failure) {
            throw new CliFailure(
                    "The server at " + server + " did not answer properly: " + failure
                            + ".\nIs it an ETM Connect server? Its log says more.",
                    failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CliFailure("Stopped.", stopped);
        }
    }

    /** Waits where the server says that it is only a matter of seconds; it has done nothing of the request then. */
    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        for (int waits = 0; ; waits++) {
            HttpResponse<T> response = client.send(request, handler);
            OptionalLong seconds = response.statusCode() == TOO_MANY_REQUESTS
                    ? response.headers().firstValueAsLong("Retry-After")
                    : OptionalLong.empty();
            if (waits == MOST_WAITS || seconds.isEmpty() || seconds.getAsLong() > LONGEST_WAIT.toSeconds()) {
                return response;
            }
            if (response.body() instanceof InputStream body) {
                body.close();
            } else if (response.body() instanceof Stream<?> lines) {
                lines.close();
            }
            Thread.sleep(Duration.ofSeconds(seconds.getAsLong()));
        }
    }

    private JsonNode read(HttpResponse<String> response) {
        if (response.body().isBlank()) {
            return JsonNodeFactory.instance.missingNode();
        }
        try {
            return json.readTree(response.body());
        } catch (JacksonException foreign) {
            throw new CliFailure(
                    "What answers at " + server + " (status " + response.statusCode()
                            + ") is no ETM Connect server. Check --server.",
                    foreign);
        }
    }

    private CliFailure problem(int status, JsonNode problem, Optional<String> query) {
        if (status == 403 && problem.path("type").asString("").endsWith(":forbidden")) {
            return new CliFailure(problem.path("title").asString("") + ". "
                    + problem.path("detail").asString("")
                    + " (With --token-file or ETM_TOKEN another token is used.)");
        }
        if (status == 401) {
            return new CliFailure(
                    token.isPresent()
                            ? "The server at " + server
                                    + " does not know this API token.\n"
                                    + "Name the file api-token in its data directory with --token-file."
                            : "The server at " + server
                                    + " asks for its API token.\n"
                                    + "Name the file api-token in its data directory with --token-file, or set"
                                    + " ETM_TOKEN.");
        }
        StringBuilder text = new StringBuilder(problem.path("title").asString("The server answered " + status));
        text.append(". ").append(problem.path("detail").asString(""));
        if (problem.path("query").isObject() && query.isPresent()) {
            text.append('\n').append(caret(query.get(), problem.path("query")));
        }
        if (problem.path("fields").size() > 1) {
            for (JsonNode field : problem.path("fields")) {
                text.append("\n  ")
                        .append(field.path("field").asString())
                        .append(place(field))
                        .append(": ")
                        .append(field.path("message").asString());
            }
        } else if (problem.path("fields").size() == 1) {
            text.append(" (")
                    .append(problem.path("fields").path(0).path("field").asString())
                    .append(place(problem.path("fields").path(0)))
                    .append(')');
        }
        return new CliFailure(text.toString(), problem);
    }

    private static String place(JsonNode field) {
        return field.has("line")
                ? ", line " + field.path("line").asInt() + ", column "
                        + field.path("column").asInt()
                : "";
    }

    /** A name as a part of a path. */
    static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The query's line with a mark under the place that cannot be read. */
    static String caret(String query, JsonNode place) {
        String[] lines = query.split("\n", -1);
        int index = Math.min(Math.max(place.path("line").asInt(1) - 1, 0), lines.length - 1);
        String line = lines[index];
        int column = Math.min(Math.max(place.path("column").asInt(1) - 1, 0), line.length());
        int length = Math.max(1, Math.min(place.path("length").asInt(1), line.length() - column));
        StringBuilder text = new StringBuilder("  ").append(line).append("\n  ");
        for (char before : line.substring(0, column).toCharArray()) {
            text.append(before == '\t' ? '\t' : ' ');
        }
        text.repeat('^', length);
        if (place.path("suggestion").isString()) {
            text.append("\nDid you mean ")
                    .append(place.path("suggestion").asString())
                    .append('?');
        } else if (!place.path("expected").isEmpty()) {
            text.append("\nExpected here: ")
                    .append(place.path("expected")
                            .valueStream()
                            .limit(8)
                            .map(JsonNode::asString)
                            .collect(Collectors.joining(", ")));
        }
        return text.toString();
    }
}

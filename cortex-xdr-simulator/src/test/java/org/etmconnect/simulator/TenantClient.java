// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The simplest client of the API there can be: no retries, no leniency. */
final class TenantClient implements AutoCloseable {

    static final JsonMapper JSON = JsonMapper.builder().build();
    static final String ENDPOINT = "/public_api/v1/endpoints/get_endpoint";
    static final String XQL = "/public_api/v1/xql/";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    TenantClient(CortexXdrSimulator simulator) {
        this.base = simulator.baseUrl();
    }

    record Reply(int status, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return JSON.readTree(body);
        }

        JsonNode reply() {
            return json().path("reply");
        }
    }

    Reply post(String path, String body, String... headers) throws IOException {
        return postAs(path, body, SimulatorSettings.DEFAULT_KEY_ID, SimulatorSettings.DEFAULT_KEY, headers);
    }

    Reply postAs(String path, String body, String keyId, String authorization, String... headers) throws IOException {
        return send(toPost(path, body, keyId, authorization, headers));
    }

    private HttpRequest toPost(String path, String body, String keyId, String authorization, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .header("x-xdr-auth-id", keyId)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    Reply get(String path) throws IOException {
        return send(HttpRequest.newBuilder(base.resolve(path))
                .header("x-xdr-auth-id", SimulatorSettings.DEFAULT_KEY_ID)
                .header("Authorization", SimulatorSettings.DEFAULT_KEY)
                .build());
    }

    private Reply send(HttpRequest request) throws IOException {
        HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
        return new Reply(response.statusCode(), response.body());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) throws IOException {
        try {
            return http.send(request, body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    Reply page(long from, long to, String rest) throws IOException {
        return post(ENDPOINT, "{\"request_data\":{\"search_from\":" + from + ",\"search_to\":" + to + rest + "}}");
    }

    List<JsonNode> allEndpoints() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        while (true) {
            JsonNode page = page(
                            all.size(), all.size() + 100, ",\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}")
                    .reply()
                    .path("endpoints");
            page.forEach(all::add);
            if (page.size() < 100) {
                return all;
            }
        }
    }

    String start(String query) throws IOException {
        Reply reply = post(
                XQL + "start_xql_query",
                JSON.writeValueAsString(Map.of("request_data", Map.of("query", query, "tenants", List.of()))));
        if (reply.status() != 200) {
            throw new IllegalStateException(reply.status() + " " + reply.text());
        }
        return reply.reply().asString();
    }

    JsonNode results(String queryId, String rest) throws IOException {
        while (true) {
            JsonNode reply = post(
                            XQL + "get_query_results",
                            "{\"request_data\":{\"query_id\":\"" + queryId + "\"" + rest + "}}")
                    .reply();
            if (!reply.path("status").asString("").equals("PENDING")) {
                return reply;
            }
        }
    }

    Reply stream(String streamId) throws IOException {
        return send(toStream(streamId));
    }

    /** Returns when the answer has begun: what is not yet read of it has not all been sent. */
    InputStream beginStream(String streamId) throws IOException {
        return send(toStream(streamId), HttpResponse.BodyHandlers.ofInputStream())
                .body();
    }

    private HttpRequest toStream(String streamId) {
        return toPost(
                XQL + "get_query_results_stream",
                "{\"request_data\":{\"stream_id\":\"" + streamId + "\",\"is_gzip_compressed\":false}}",
                SimulatorSettings.DEFAULT_KEY_ID,
                SimulatorSettings.DEFAULT_KEY);
    }

    List<JsonNode> rows(String query) throws IOException {
        JsonNode results = results(start(query), "").path("results");
        List<JsonNode> rows = new ArrayList<>();
        if (results.has("data")) {
            results.path("data").forEach(rows::add);
        } else {
            stream(results.path("stream_id").asString()).text().lines().forEach(line -> rows.add(JSON.readTree(line)));
        }
        return rows;
    }

    static byte[] unpacked(byte[] packed) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}

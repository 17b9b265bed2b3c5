// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import com.sun.net.httpserver.HttpExchange;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Where the answer to one request is written. */
final class Answer {

    private static final String JSON = "application/json";

    private final HttpExchange exchange;
    private final JsonMapper mapper;
    private final IntConsumer count;
    private final boolean acceptsGzip;
    private int status;
    private boolean dropped;

    /** @param count is told the status before the client can see it */
    Answer(HttpExchange exchange, JsonMapper mapper, IntConsumer count) {
        this.exchange = exchange;
        this.mapper = mapper;
        this.count = count;
        List<String> accepted = exchange.getRequestHeaders().get("Accept-Encoding");
        this.acceptsGzip = accepted != null
                && accepted.stream()
                        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("gzip"));
    }

    /** The status sent, or 0 if none was. */
    int status() {
        return status;
    }

    boolean acceptsGzip() {
        return acceptsGzip;
    }

    void reply(Object value) throws IOException {
        json(200, Map.of("reply", value));
    }

    void json(int code, Object value) throws IOException {
        bytes(code, JSON, mapper.writeValueAsBytes(value));
    }

    void jsonBytes(byte[] body) throws IOException {
        bytes(200, JSON, body);
    }

    void error(int code, String message, @Nullable Object extra) throws IOException {
        json(code, envelope(code, message, extra));
    }

    static Map<String, Object> envelope(int code, String message, @Nullable Object extra) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("err_code", code);
        error.put("err_msg", message);
        error.put("err_extra", extra);
        return Map.of("reply", error);
    }

    void text(int code, String text) throws IOException {
        bytes(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(int code, String type, byte[] body) throws IOException {
        byte[] sent = body;
        exchange.getResponseHeaders().set("Content-Type", type);
        if (acceptsGzip && body.length > 512) {
            ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length / 4);
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                gzip.write(body);
            }
            sent = packed.toByteArray();
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        begin(code, sent.length == 0 ? -1 : sent.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(sent);
        }
    }

    /** Begins a chunked answer; the caller closes it. */
    OutputStream stream(String type, boolean packed, boolean packedOnTheWay) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (packedOnTheWay) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        begin(200, 0);
        OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16);
        if (packedOnTheWay) {
            out = new GZIPOutputStream(out, 1 << 14);
        }
        return packed ? new GZIPOutputStream(out, 1 << 14) : out;
    }

    private void begin(int code, long length) throws IOException {
        status = code;
        count.accept(code);
        exchange.sendResponseHeaders(code, length);
    }

    /** Has the connection closed when the handler is done, whatever was sent so far. */
    void drop() {
        dropped = true;
    }

    boolean isDropped() {
        return dropped;
    }
}

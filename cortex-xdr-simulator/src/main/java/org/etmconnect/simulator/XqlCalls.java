// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.etmconnect.simulator.xql.ParsedQuery;
import org.etmconnect.simulator.xql.Plan;
import org.etmconnect.simulator.xql.QueryParser;
import org.etmconnect.simulator.xql.Row;
import org.etmconnect.simulator.xql.Texts;
import org.etmconnect.simulator.xql.Timestamp;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The query calls: start, results, stream, quota. Safe for use by several threads. */
final class XqlCalls {

    private static final String FAILED = "An error occurred while processing XDR - XQL query";
    private static final int MOST_PARALLEL = 4;
    static final int MOST_INLINE = 1_000;
    private static final double COST_OF_A_QUERY = 0.004;
    private static final double COST_OF_A_ROW = 0.00001;
    private static final long ABANDONED_AFTER = 60_000_000_000L;
    private static final int MOST_KEPT = 1_000;

    private final SimulatorSettings settings;
    private final ObjectWriter lines;
    private final JsonMapper mapper;
    private final Map<String, Running> queries = new LinkedHashMap<>();
    private double usedQuota;
    private long started;
    private long rejected;
    private int mostParallel;

    /** A query that was started. Guarded by the calls that hold it, but for what never changes. */
    private static final class Running {
        final String id;
        final String streamId = UUID.randomUUID().toString();
        final String text;
        final Plan.Outcome outcome;
        final boolean fails;
        final long startedAt = System.nanoTime();
        int pollsLeft;
        long rows = -1;

        Running(String id, String text, Plan.Outcome outcome, boolean fails, int pollsLeft) {
            this.id = id;
            this.text = text;
            this.outcome = outcome;
            this.fails = fails;
            this.pollsLeft = pollsLeft;
        }

        boolean isRunning() {
            return pollsLeft > 0 && System.nanoTime() - startedAt < ABANDONED_AFTER;
        }
    }

    XqlCalls(SimulatorSettings settings, JsonMapper mapper) {
        this.settings = settings;
        this.mapper = mapper;
        this.lines = mapper.writer().withRootValueSeparator("\n");
    }

    void start(TenantDay tenant, JsonNode body, FaultBook.Struck faults, Answer answer) throws IOException {
        String text = body.path("request_data").path("query").asString("");
        ParsedQuery parsed = QueryParser.parse(text);
        if (parsed instanceof ParsedQuery.Bad bad) {
            answer.error(
                    500,
                    FAILED,
                    Map.of("parse_err", Map.of("line", bad.line(), "column", bad.column(), "message", bad.message())));
            return;
        }
        boolean empty = settings.hostInsights() == HostInsights.NOT_ENABLED || faults.has(Fault.EmptyDatasets.class);
        Plan.Outcome outcome = Plan.of(((ParsedQuery.Good) parsed).query(), tenant.tables(empty));
        Map<String, Object> refusal;
        String id = "";
        synchronized (this) {
            int running =
                    (int) queries.values().stream().filter(Running::isRunning).count();
            if (running >= MOST_PARALLEL || faults.has(Fault.ParallelLimit.class)) {
                rejected++;
                refusal = parallelLimit();
            } else if (usedQuota >= settings.dailyQuota() || faults.has(Fault.QuotaExceeded.class)) {
                refusal = quotaExceeded();
            } else {
                refusal = Map.of();
                started++;
                usedQuota += COST_OF_A_QUERY;
                id = HexFormat.of().toHexDigits(started * 0x9E3779B97F4A7C15L).substring(2) + "_" + started + "_inv";
                queries.put(
                        id,
                        new Running(id, text, outcome, faults.has(Fault.QueryFails.class), settings.pendingPolls()));
                mostParallel = Math.max(mostParallel, running + 1);
                if (queries.size() > MOST_KEPT) {
                    queries.remove(queries.keySet().iterator().next());
                }
            }
        }
        if (refusal.isEmpty()) {
            answer.reply(id);
        } else {
            answer.error(500, FAILED, refusal);
        }
    }

    private Map<String, Object> parallelLimit() {
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put(
                "err_msg",
                "reached max allowed amount of parallel running queries. please wait for some queries to finish and"
                        + " submit your query again");
        extra.put("query_cost", 0);
        extra.put("remaining_quota", remaining());
        extra.put("total_daily_running_queries", started);
        extra.put("total_daily_concurrent_rejected_queries", rejected);
        return extra;
    }

    private Map<String, Object> quotaExceeded() {
        Map<String, Object> extra = new LinkedHashMap<>();
        extra.put("err_msg", "query usage exceeded max daily quota");
        extra.put(
                "quota_info",
                Map.of(
                        "used_quota",
                        usedQuota,
                        "max_quota",
                        settings.dailyQuota(),
                        "error_type",
                        "QUOTA_EXCEEDED",
                        "message",
                        "The daily number of remaining Compute Units (" + remaining() + ") is insufficient"));
        return extra;
    }

    private synchronized double remaining() {
        return Math.max(0, settings.dailyQuota() - usedQuota);
    }

    private synchronized Optional<Running> find(Predicate<Running> which) {
        return queries.values().stream().filter(which).findFirst();
    }

    void results(JsonNode body, FaultBook.Struck faults, Answer answer) throws IOException {
        JsonNode request = body.path("request_data");
        String id = request.path("query_id").asString("");
        Running query = find(running -> running.id.equals(id)).orElse(null);
        if (query == null) {
            answer.error(500, FAILED, "Query id " + id + " was not found");
            return;
        }
        if (!request.path("format").asString("json").equalsIgnoreCase("json")) {
            answer.error(500, FAILED, "This simulator gives results in the format json only");
            return;
        }
        synchronized (query) {
            if (request.path("pending_flag").asBoolean(true)) {
                if (query.pollsLeft > 0) {
                    query.pollsLeft--;
                    answer.reply(Map.of("status", "PENDING"));
                    return;
                }
            } else {
                query.pollsLeft = 0;
            }
            if (query.fails || faults.has(Fault.QueryFails.class)) {
                answer.reply(Map.of("status", "FAIL"));
                return;
            }
            switch (query.outcome) {
                case Plan.Rejected no -> answer.reply(Map.of("status", "FAIL", "error_details", no.message()));
                case Plan.Ready ready -> {
                    if (query.rows < 0) {
                        query.rows = ready.plan().count();
                        synchronized (this) {
                            usedQuota += query.rows * COST_OF_A_ROW;
                        }
                    }
                    answer.jsonBytes(success(query, ready.plan(), request.path("limit"), faults));
                }
            }
        }
    }

    /**
     * Writes what a query finds as the stream call does, one row a line.
     *
     * @return how many rows there are
     */
    long lines(Plan plan, OutputStream target) {
        long[] written = {0};
        try (JsonGenerator out = lines.createGenerator(target)) {
            plan.run(row -> {
                write(out, plan, row, settings.textDatesInStreams(), false);
                written[0]++;
                return true;
            });
            if (written[0] > 0) {
                out.writeRaw("\n");
            }
        }
        return written[0];
    }

    /** What the results call answers to a query that has ended, with up to a thousand rows. */
    byte[] results(Plan plan) {
        Running query = new Running("", "", new Plan.Ready(plan), false, 0);
        query.rows = plan.count();
        return success(query, plan, JsonNodeFactory.instance.missingNode(), FaultBook.Struck.NONE);
    }

    private byte[] success(Running query, Plan plan, JsonNode limitNode, FaultBook.Struck faults) {
        boolean inlineOnly = limitNode.isIntegralNumber() && limitNode.longValue() <= MOST_INLINE;
        boolean streams = query.rows > MOST_INLINE && !inlineOnly;
        long rows = inlineOnly ? Math.min(query.rows, Math.max(0, limitNode.longValue())) : query.rows;
        Reshaping reshaping = new Reshaping(faults, mapper);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = mapper.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeObjectPropertyStart("reply");
            out.writeStringProperty("status", "SUCCESS");
            out.writeNumberProperty("number_of_results", rows);
            out.writeObjectPropertyStart("query_cost");
            out.writeNumberProperty("9990000000001", COST_OF_A_QUERY + query.rows * COST_OF_A_ROW);
            out.writeEndObject();
            out.writeNumberProperty("remaining_quota", remaining());
            out.writeObjectPropertyStart("results");
            if (streams) {
                out.writeStringProperty("stream_id", query.streamId);
            } else {
                out.writeArrayPropertyStart("data");
                long[] left = {rows};
                if (rows > 0) {
                    plan.run(row -> {
                        write(
                                out,
                                plan,
                                row,
                                faults.has(Fault.DatesAsText.class),
                                faults.has(Fault.NumbersAsText.class),
                                reshaping);
                        return --left[0] > 0;
                    });
                }
                out.writeEndArray();
            }
            out.writeEndObject();
            out.writeEndObject();
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    void stream(JsonNode body, FaultBook.Struck faults, Answer answer) throws IOException {
        JsonNode request = body.path("request_data");
        String id = request.path("stream_id").asString("");
        Running query = find(running -> running.streamId.equals(id) && running.rows > MOST_INLINE)
                .orElse(null);
        if (query == null || !(query.outcome instanceof Plan.Ready(Plan plan))) {
            answer.error(500, FAILED, "Stream id " + id + " was not found");
            return;
        }
        boolean packed = request.path("is_gzip_compressed").asBoolean(false);
        boolean packedOnTheWay = answer.acceptsGzip() && (!packed || settings.gzipOverGzip());
        boolean textDates = settings.textDatesInStreams() || faults.has(Fault.DatesAsText.class);
        boolean textNumbers = faults.has(Fault.NumbersAsText.class);
        Reshaping reshaping = new Reshaping(faults, mapper);
        long truncatedAt = faults.first(Fault.TruncatedStream.class)
                .map(Fault.TruncatedStream::rows)
                .orElse(Long.MAX_VALUE);
        long brokenAt = faults.first(Fault.BrokenStream.class)
                .map(Fault.BrokenStream::rows)
                .orElse(Long.MAX_VALUE);
        long malformed = faults.first(Fault.MalformedLine.class)
                .map(Fault.MalformedLine::row)
                .orElse(0L);
        OutputStream target = answer.stream("application/octet-stream", packed, packedOnTheWay);
        JsonGenerator out = lines.createGenerator(target);
        long[] written = {0};
        boolean[] broken = {brokenAt == 0};
        if (Math.min(truncatedAt, brokenAt) > 0) {
            plan.run(row -> {
                written[0]++;
                if (written[0] == malformed) {
                    out.writeRaw((malformed == 1 ? "" : "\n") + half(plan, row) + (malformed == 1 ? "\n" : ""));
                } else {
                    write(out, plan, row, textDates, textNumbers, reshaping);
                }
                broken[0] = written[0] >= brokenAt;
                return !broken[0] && written[0] < truncatedAt;
            });
        }
        if (broken[0]) {
            out.flush();
            answer.drop();
            return;
        }
        if (written[0] > 0) {
            out.writeRaw("\n");
        }
        out.close();
        target.close();
    }

    private String half(Plan plan, Row row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = mapper.createGenerator(bytes)) {
            write(out, plan, row, true, false);
        }
        String line = bytes.toString(StandardCharsets.UTF_8);
        return line.substring(0, line.length() / 2);
    }

    private void write(
            JsonGenerator out, Plan plan, Row row, boolean textDates, boolean textNumbers, Reshaping reshaping) {
        if (!reshaping.changes()) {
            write(out, plan, row, textDates, textNumbers);
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator as = mapper.createGenerator(bytes)) {
            write(as, plan, row, textDates, textNumbers);
        }
        mapper.writeTree(out, reshaping.apply((ObjectNode) mapper.readTree(bytes.toByteArray())));
    }

    private static void write(JsonGenerator out, Plan plan, Row row, boolean textDates, boolean textNumbers) {
        out.writeStartObject();
        for (String column : plan.columns()) {
            out.writeName(column);
            write(out, row.get(column), textDates, textNumbers);
        }
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, @Nullable Object value, boolean textDates, boolean textNumbers) {
        switch (value) {
            case null -> out.writeNull();
            case Timestamp timestamp when textDates -> out.writeString(timestamp.text());
            case Timestamp timestamp when textNumbers -> out.writeString(Long.toString(timestamp.millis()));
            case Timestamp timestamp -> out.writeNumber(timestamp.millis());
            case HostNames names -> {
                out.writeStartArray();
                names.writeTo(out);
                out.writeEndArray();
            }
            case Texts texts -> {
                out.writeStartArray();
                texts.forEach(out::writeString);
                out.writeEndArray();
            }
            case Number number when textNumbers -> out.writeString(number.toString());
            case Long number -> out.writeNumber(number.longValue());
            case Number number -> out.writeNumber(number.doubleValue());
            default -> out.writeString(value.toString());
        }
    }

    void quota(Answer answer) throws IOException {
        Map<String, Object> reply = new LinkedHashMap<>();
        synchronized (this) {
            Map<String, Object> running = new LinkedHashMap<>();
            queries.values().stream()
                    .filter(Running::isRunning)
                    .forEach(query -> running.put(
                            query.id,
                            Map.of(
                                    "xql",
                                    query.text,
                                    "duration",
                                    (System.nanoTime() - query.startedAt) / 1_000_000_000.0)));
            reply.put("license_quota", settings.dailyQuota());
            reply.put("additional_purchased_quota", 0.0);
            reply.put("used_quota", usedQuota);
            reply.put("eval_quota", 0.0);
            reply.put("daily_used_quota", usedQuota);
            reply.put("total_daily_running_queries", started);
            reply.put("total_daily_concurrent_rejected_queries", rejected);
            reply.put("current_concurrent_active_queries", running);
            reply.put("current_concurrent_active_queries_count", running.size());
            reply.put("max_daily_concurrent_active_query_count", mostParallel);
        }
        answer.reply(reply);
    }
}

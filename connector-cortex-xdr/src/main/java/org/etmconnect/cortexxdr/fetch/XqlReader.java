// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.PageSink;
import org.etmconnect.cortexxdr.client.ApiCall;
import org.etmconnect.cortexxdr.client.BodyReader;
import org.etmconnect.cortexxdr.client.Fault;
import org.etmconnect.cortexxdr.client.FaultCause;
import org.etmconnect.cortexxdr.client.Result;
import org.etmconnect.cortexxdr.client.TenantClient;
import org.etmconnect.cortexxdr.client.Time;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Runs an XQL query: start, ask until it is done, and store its rows as they come, inline or as a stream. */
final class XqlReader {

    /** The datasets hold the current state, whatever their rows' time; a wide frame leaves none out. */
    private static final long THIRTY_DAYS = Duration.ofDays(30).toMillis();

    /** How often a stream that ends short of the vendor's count is read again before it is kept as it is. */
    private static final int READS_OF_A_SHORT_STREAM = 3;

    private static final int PEEK = 512;
    private static final Pattern ENVELOPE =
            Pattern.compile("\\s*\\{\\s*\"(reply|err_code|err_msg|errorCode|errorMessage)\"\\s*:.*", Pattern.DOTALL);

    private final TenantClient client;
    private final FetchTuning tuning;
    private final FetchObserver observer;
    private final Time time;
    private final JsonMapper json;
    private final Semaphore queries;

    XqlReader(TenantClient client, FetchTuning tuning, FetchObserver observer, Time time, JsonMapper json) {
        this.client = client;
        this.tuning = tuning;
        this.observer = observer;
        this.time = time;
        this.json = json;
        this.queries = new Semaphore(tuning.parallelQueries(), true);
    }

    /**
     * Runs {@code query} and stores its rows as page {@code key} of {@code stream}.
     *
     * @param limit the row limit that stands in the query
     * @return how many rows were stored
     */
    Result<Long> run(String query, long limit, String stream, String key, PageSink sink) throws InterruptedException {
        queries.acquire();
        try {
            String request = request(body -> {
                body.put("query", query);
                body.putArray("tenants");
                body.putObject("timeframe").put("relativeTime", THIRTY_DAYS);
            });
            return switch (client.json(ApiCall.START_XQL_QUERY, request)) {
                case Result.Failed<JsonNode>(Fault fault) -> new Result.Failed<>(fault);
                case Result.Ok<JsonNode>(JsonNode answer) -> {
                    JsonNode reply = answer.path("reply");
                    String id = reply.isValueNode()
                            ? reply.asString("")
                            : reply.path("query_id").asString("");
                    yield id.isBlank()
                            ? new Result.Failed<>(new Fault(
                                    FaultCause.UNREADABLE,
                                    ApiCall.START_XQL_QUERY.path() + " answered without a query id.",
                                    "Run again later; if it stays, please report it."))
                            : await(id, new Target(stream, key, request, limit, sink));
                }
            };
        } finally {
            queries.release();
        }
    }

    private record Target(String stream, String key, String request, long limit, PageSink sink) {
        PageDraft draft() {
            return new PageDraft(() -> sink.begin(stream, key, request));
        }
    }

    private sealed interface Poll {
        record Pending() implements Poll {}

        record Stored(long rows) implements Poll {}

        record Streamed(String id, String status, OptionalLong rows) implements Poll {}
    }

    private Result<Long> await(String queryId, Target target) throws InterruptedException {
        String request = request(body -> {
            body.put("query_id", queryId);
            body.put("pending_flag", true);
            body.put("format", "json");
        });
        long deadline = time.nanos() + tuning.queryPatience().toNanos();
        Duration wait = tuning.firstPoll();
        while (true) {
            time.sleep(wait);
            switch (client.call(ApiCall.GET_QUERY_RESULTS, request, answer -> poll(answer, target))) {
                case Result.Failed<Poll>(Fault fault) -> {
                    return new Result.Failed<>(fault);
                }
                case Result.Ok<Poll>(Poll.Stored(long rows)) -> {
                    return new Result.Ok<>(rows);
                }
                case Result.Ok<Poll>(Poll.Streamed streamed) -> {
                    return stream(streamed, target);
                }
                case Result.Ok<Poll>(Poll.Pending pending) -> {
                    if (time.nanos() > deadline) {
                        return new Result.Failed<>(new Fault(
                                FaultCause.TIMED_OUT,
                                "The query over " + target.stream() + " did not end within "
                                        + tuning.queryPatience().toMinutes() + " minutes.",
                                "Run again later, when the tenant is less busy."));
                    }
                }
            }
            Duration longer = wait.multipliedBy(3).dividedBy(2);
            wait = longer.compareTo(tuning.longestPoll()) > 0 ? tuning.longestPoll() : longer;
        }
    }

    private Poll poll(InputStream answer, Target target) throws IOException, BodyReader.NotAnAnswer {
        try (PageDraft draft = target.draft()) {
            XqlReply reply = XqlReply.read(json, draft.copying(answer));
            if (reply.failed()) {
                throw BodyReader.NotAnAnswer.fault(failure(reply, target));
            }
            if (!reply.pending()) {
                quota(reply.rest());
            }
            if (reply.streamId().isPresent()) {
                return new Poll.Streamed(reply.streamId().get(), reply.status(), reply.numberOfResults());
            }
            if (reply.pending()
                    || (reply.status().isEmpty() && reply.inlineRows().isEmpty())) {
                return new Poll.Pending();
            }
            if (reply.inlineRows().isEmpty() && reply.numberOfResults().orElse(0) > 0) {
                throw BodyReader.NotAnAnswer.unreadable(
                        "It says " + reply.status() + " and has neither rows nor a stream id.");
            }
            reply.numberOfResults().ifPresent(number -> observer.expectedRows(target.stream(), number));
            long rows = reply.inlineRows().orElse(0);
            draft.commit(
                    rows,
                    new XqlFacts(XqlFacts.Form.INLINE, reply.status(), reply.numberOfResults(), target.limit())
                            .toMap());
            return new Poll.Stored(rows);
        }
    }

    /** The cost is told tenant by tenant. */
    private void quota(ObjectNode reply) {
        if (reply.path("remaining_quota").isNumber()) {
            double spent = reply.path("query_cost")
                    .valueStream()
                    .mapToDouble(cost -> cost.asDouble(0))
                    .sum();
            observer.quota(spent, reply.path("remaining_quota").asDouble());
        }
    }

    private Result<Long> stream(Poll.Streamed streamed, Target target) throws InterruptedException {
        streamed.rows().ifPresent(number -> observer.expectedRows(target.stream(), number));
        String request = request(body -> {
            body.put("stream_id", streamed.id());
            body.put("is_gzip_compressed", true);
        });
        int[] reads = new int[1];
        return client.call(ApiCall.GET_QUERY_RESULTS_STREAM, request, answer -> {
            reads[0]++;
            InputStream lines = refuseEnvelope(answer);
            try (PageDraft draft = target.draft()) {
                RowCounter counted = RowCounter.of(draft.copying(lines));
                boolean isShort =
                        counted.cutOff() || counted.rows() < streamed.rows().orElse(0);
                if (isShort && reads[0] < READS_OF_A_SHORT_STREAM) {
                    throw new IOException("The stream of " + target.stream() + " ended after " + counted.rows()
                            + " rows of " + streamed.rows().orElse(0));
                }
                draft.commit(
                        counted.rows(),
                        new XqlFacts(XqlFacts.Form.STREAM, streamed.status(), streamed.rows(), target.limit()).toMap());
                return counted.rows();
            }
        });
    }

    /** Errors of this call come in the usual envelope, with status 200 at times, where rows are expected. */
    private InputStream refuseEnvelope(InputStream answer) throws IOException, BodyReader.NotAnAnswer {
        PushbackInputStream peeked = new PushbackInputStream(answer, PEEK);
        byte[] beginning = peeked.readNBytes(PEEK);
        String text = new String(beginning, StandardCharsets.UTF_8);
        peeked.unread(beginning);
        if (ENVELOPE.matcher(text).matches()) {
            JsonNode envelope;
            try {
                envelope = json.readTree(peeked.readNBytes(1 << 16));
            } catch (JacksonException e) {
                throw BodyReader.NotAnAnswer.unreadable("It begins «" + text.strip() + "».");
            }
            throw BodyReader.NotAnAnswer.errorEnvelope(envelope);
        }
        if (!text.isBlank() && text.strip().charAt(0) != '{') {
            throw BodyReader.NotAnAnswer.unreadable("It is no JSON lines but begins «" + text.strip() + "».");
        }
        return peeked;
    }

    private static Fault failure(XqlReply reply, Target target) {
        String why = java.util.stream.Stream.of("error", "error_details", "error_message", "message")
                .map(reply.rest()::path)
                .filter(node -> !node.isMissingNode() && !node.isNull())
                .map(node -> node.isString() ? node.asString() : node.toString())
                .findFirst()
                .orElse("");
        String lower = why.toLowerCase(Locale.ROOT);
        String message = "Cortex XDR could not run the query over " + target.stream() + " (" + reply.status() + ")"
                + (why.isEmpty() ? ", and does not say why." : ": " + why + (why.endsWith(".") ? "" : "."));
        if (lower.contains("quota")) {
            return new Fault(
                    FaultCause.QUOTA_USED_UP,
                    message,
                    "The tenant's XQL quota is renewed at 00:00 UTC; run again after that.");
        }
        if (lower.contains("dataset")) {
            return new Fault(
                    FaultCause.NO_LICENCE,
                    message,
                    "The dataset needs Cortex XDR Pro per Endpoint with the Host Insights add-on: check the tenant's licences.");
        }
        return new Fault(
                why.isEmpty() ? FaultCause.SERVER_ERROR : FaultCause.BAD_QUERY,
                message,
                "Run again later; if it stays, please report it with this text.");
    }

    private String request(java.util.function.Consumer<ObjectNode> content) {
        ObjectNode root = json.createObjectNode();
        content.accept(root.putObject("request_data"));
        return root.toString();
    }
}

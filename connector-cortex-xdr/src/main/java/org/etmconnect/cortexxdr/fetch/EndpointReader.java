// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.PageSink;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.Split;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.client.ApiCall;
import org.etmconnect.cortexxdr.client.Fault;
import org.etmconnect.cortexxdr.client.FaultCause;
import org.etmconnect.cortexxdr.client.Result;
import org.etmconnect.cortexxdr.client.TenantClient;
import org.etmconnect.cortexxdr.stored.EndpointPage;
import org.etmconnect.cortexxdr.stored.SharedNames;
import org.etmconnect.cortexxdr.stored.Streams;
import tools.jackson.databind.JsonNode;

/** Reads windows of the endpoint list and stores them as they come. */
final class EndpointReader {

    /** Noted of a page that came without a list: it holds no host, and says nothing about whether there are any. */
    static final String NO_LIST = "no_list";

    private final TenantClient client;
    private final FetchTuning tuning;
    private final FetchObserver observer;
    private final LongConsumer listEndsAt;
    private final SharedNames names;

    /**
     * @param listEndsAt told the offset of each window that came back short
     * @param names told of each window
     */
    EndpointReader(
            TenantClient client,
            FetchTuning tuning,
            FetchObserver observer,
            LongConsumer listEndsAt,
            SharedNames names) {
        this.client = client;
        this.tuning = tuning;
        this.observer = observer;
        this.listEndsAt = listEndsAt;
        this.names = names;
    }

    Optional<Fault> read(Split split, StoredPages stored, PageSink sink) throws InterruptedException {
        return split.parameters().containsKey(EndpointPlan.ROUND)
                ? repair(split.parameters(), stored, sink)
                : range(split.parameters(), stored, sink);
    }

    /** Ends at a short window and never because of a count: counts have been seen to be wrong. */
    private Optional<Fault> range(Map<String, String> parameters, StoredPages stored, PageSink sink)
            throws InterruptedException {
        long to = Optional.ofNullable(parameters.get(EndpointPlan.TO))
                .map(Long::valueOf)
                .orElse(Long.MAX_VALUE);
        Optional<EndpointPage> before = Optional.empty();
        for (long start = Long.parseLong(parameters.get(EndpointPlan.FROM)); start < to; start += tuning.step()) {
            EndpointPage page;
            switch (page(PageKeys.window(start), start, stored, sink)) {
                case Result.Failed<EndpointPage>(Fault fault) -> {
                    return Optional.of(fault);
                }
                case Result.Ok<EndpointPage>(EndpointPage read) -> page = read;
            }
            if (page.isShort()) {
                listEndsAt.accept(start);
                return Optional.empty();
            }
            if (before.filter(page::repeats).isPresent()) {
                return Optional.of(new Fault(
                        FaultCause.UNREADABLE,
                        "The endpoints API gives the same hosts for offset " + start + " as for the offset before.",
                        "Ask Palo Alto Networks' support: the API does not page."));
            }
            before = Optional.of(page);
        }
        return Optional.empty();
    }

    /**
     * Reads around a gap: goes left until a window begins at or before the last covered id, then right until one reaches
     * the next covered id. The windows' offsets have moved since the gap was left, by as many hosts as came and went.
     */
    private Optional<Fault> repair(Map<String, String> parameters, StoredPages stored, PageSink sink)
            throws InterruptedException {
        int round = Integer.parseInt(parameters.get(EndpointPlan.ROUND));
        int gap = Integer.parseInt(parameters.get(EndpointPlan.GAP));
        String after = parameters.getOrDefault(EndpointPlan.AFTER, "");
        String before = parameters.getOrDefault(EndpointPlan.BEFORE, "");
        long offset = Long.parseLong(parameters.get(EndpointPlan.OFFSET));
        long stepLeft = tuning.step();
        boolean reached = false;
        for (int i = 0; i < tuning.repairPages(); i++) {
            EndpointPage page;
            switch (page(PageKeys.repair(round, gap, i), offset, stored, sink)) {
                case Result.Failed<EndpointPage>(Fault fault) -> {
                    return Optional.of(fault);
                }
                case Result.Ok<EndpointPage>(EndpointPage read) -> page = read;
            }
            reached |= offset == 0 || (page.hasIds() && EndpointPage.ID_ORDER.compare(page.first(), after) <= 0);
            if (!reached) {
                offset = Math.max(0, offset - stepLeft);
                stepLeft *= 2;
            } else if (page.isShort()
                    || (!before.isEmpty() && EndpointPage.ID_ORDER.compare(page.last(), before) >= 0)) {
                return Optional.empty();
            } else {
                offset += tuning.step();
            }
        }
        return Optional.empty();
    }

    private Result<EndpointPage> page(String key, long start, StoredPages stored, PageSink sink)
            throws InterruptedException {
        Optional<EndpointPage> known = stored.page(Streams.ENDPOINTS, key).map(EndpointPage::of);
        if (known.isPresent()) {
            return new Result.Ok<>(known.get());
        }
        long end = start + tuning.window();
        String request = "{\"request_data\":{\"search_from\":" + start + ",\"search_to\":" + end
                + ",\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}}}";
        return switch (client.jsonBytes(ApiCall.GET_ENDPOINT, request)) {
            case Result.Failed<TenantClient.JsonBytes>(Fault fault) -> new Result.Failed<>(fault);
            case Result.Ok<TenantClient.JsonBytes>(TenantClient.JsonBytes answer) ->
                store(key, start, end, request, answer, sink);
        };
    }

    private Result<EndpointPage> store(
            String key, long start, long end, String request, TenantClient.JsonBytes answer, PageSink sink) {
        JsonNode reply = answer.tree().path("reply");
        JsonNode endpoints = reply.path("endpoints");
        boolean list = endpoints.isArray() || endpoints.isNull() || endpoints.isMissingNode();
        if (!reply.isObject() || !list) {
            return new Result.Failed<>(new Fault(
                    FaultCause.UNREADABLE,
                    ApiCall.GET_ENDPOINT.path() + " answered JSON without a list of endpoints.",
                    "Check that the base URL is that of the Cortex XDR API."));
        }
        List<String> ids = new ArrayList<>(endpoints.size());
        for (JsonNode endpoint : endpoints) {
            ids.add(endpoint.path("endpoint_id").asString("").strip());
        }
        EndpointPage page = EndpointPage.of(start, end, ids, total(reply.path("total_count")));
        page.total().ifPresent(total -> observer.expectedRows(Streams.ENDPOINTS, total));
        try (PageWriter writer = sink.begin(Streams.ENDPOINTS, key, request)) {
            writer.body().write(answer.bytes());
            Map<String, String> facts = page.facts();
            if (!endpoints.isArray()) {
                facts.put(NO_LIST, "true");
            }
            names.add(key, new ByteArrayInputStream(answer.bytes()));
            writer.commit(page.rows(), facts);
        } catch (IOException e) {
            throw new UncheckedIOException("The page " + key + " of endpoints could not be stored", e);
        }
        return new Result.Ok<>(page);
    }

    private static Optional<Long> total(JsonNode node) {
        if (node.isNumber()) {
            return Optional.of(node.asLong(0));
        }
        String text = node.asString("").strip();
        return text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etmconnect.simulator.population.Cloud;
import org.etmconnect.simulator.population.Endpoint;
import org.etmconnect.simulator.population.PopulationDay;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code get_endpoint} and {@code get_endpoints}. */
final class EndpointCalls {

    private static final int LARGEST_WINDOW = 100;
    private static final String FAILED = "An error occurred while processing XDR public API";

    private final JsonMapper mapper;

    EndpointCalls(JsonMapper mapper) {
        this.mapper = mapper;
    }

    private static final class BadRequestException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRequestException(String message) {
            super(message, null, false, false);
        }
    }

    void getEndpoint(TenantDay tenant, int hidden, JsonNode body, FaultBook.Struck faults, Answer answer)
            throws IOException {
        JsonNode request = body.path("request_data");
        byte[] page;
        try {
            long from = number(request, "search_from", 0);
            long to = number(request, "search_to", from + LARGEST_WINDOW);
            if (from < 0 || from > to || to - from > LARGEST_WINDOW) {
                throw new BadRequestException("search_from " + from + " and search_to " + to
                        + " are no window of at most " + LARGEST_WINDOW + " endpoints");
            }
            page = page(tenant, hidden, request, from, to, faults);
        } catch (BadRequestException e) {
            answer.error(500, FAILED, String.valueOf(e.getMessage()));
            return;
        }
        answer.jsonBytes(page);
    }

    byte[] page(TenantDay tenant, int hidden, JsonNode request, long from, long to, FaultBook.Struck faults) {
        PopulationDay day = tenant.day();
        String field = request.path("sort").path("field").asString("first_seen").toLowerCase(Locale.ROOT);
        String keyword = request.path("sort").path("keyword").asString("DESC").toUpperCase(Locale.ROOT);
        if (!keyword.equals("ASC") && !keyword.equals("DESC")) {
            throw new BadRequestException("sort keyword " + keyword + " is neither ASC nor DESC");
        }
        boolean ascending = keyword.equals("ASC");
        int count = day.endpointCount();
        List<Predicate<Endpoint>> filters = filters(request.path("filters"));
        Window window = switch (field) {
            case "endpoint_id", "scan_status" ->
                hidden == 0 && filters.isEmpty()
                        ? new Window(count, position -> (int) (ascending ? position : count - 1 - position))
                        : selected(day, IntStream.range(0, count), hidden, filters, ascending);
            case "first_seen" -> selected(day, IntStream.of(tenant.ranksByFirstSeen()), hidden, filters, ascending);
            case "last_seen" -> selected(day, IntStream.of(tenant.ranksByLastSeen()), hidden, filters, ascending);
            default -> throw new BadRequestException("sort field " + field + " is not supported");
        };
        long end = Math.min(to, window.size());
        int results = (int) Math.max(0, end - from);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024 + 1400 * results);
        EndpointJson json = new EndpointJson(faults);
        Reshaping reshaping = new Reshaping(faults, mapper);
        try (JsonGenerator out = mapper.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeObjectPropertyStart("reply");
            counts(out, window.size(), results, faults);
            if (faults.hasNull("endpoints")) {
                out.writeNullProperty("endpoints");
            } else {
                out.writeArrayPropertyStart("endpoints");
                for (long position = from; position < end; position++) {
                    Endpoint endpoint = day.endpoint(window.rankAt().apply(position));
                    if (reshaping.changes()) {
                        mapper.writeTree(out, reshaping.apply(tree(json, endpoint)));
                    } else {
                        json.full(out, endpoint);
                    }
                }
                out.writeEndArray();
            }
            out.writeEndObject();
            out.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private ObjectNode tree(EndpointJson json, Endpoint endpoint) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1400);
        try (JsonGenerator out = mapper.createGenerator(bytes)) {
            json.full(out, endpoint);
        }
        return (ObjectNode) mapper.readTree(bytes.toByteArray());
    }

    private static void counts(JsonGenerator out, long total, int results, FaultBook.Struck faults) {
        if (faults.has(Fault.NullTotalCount.class)) {
            out.writeNullProperty("total_count");
            out.writeNullProperty("result_count");
            return;
        }
        if (!faults.has(Fault.NoTotalCount.class)) {
            long shown = total
                    + faults.first(Fault.LyingTotalCount.class)
                            .map(Fault.LyingTotalCount::difference)
                            .orElse(0L);
            if (faults.has(Fault.NumbersAsText.class)) {
                out.writeStringProperty("total_count", Long.toString(shown));
            } else {
                out.writeNumberProperty("total_count", shown);
            }
        }
        out.writeNumberProperty("result_count", results);
    }

    private record Window(long size, Function<Long, Integer> rankAt) {}

    private static Window selected(
            PopulationDay day, IntStream ranks, int hidden, List<Predicate<Endpoint>> filters, boolean ascending) {
        int[] chosen = ranks.filter(rank -> rank >= hidden)
                .filter(rank -> filters.isEmpty() || matches(day.endpoint(rank), filters))
                .toArray();
        return new Window(
                chosen.length, position -> chosen[(int) (ascending ? position : chosen.length - 1 - position)]);
    }

    private static boolean matches(Endpoint endpoint, List<Predicate<Endpoint>> filters) {
        for (Predicate<Endpoint> filter : filters) {
            if (!filter.test(endpoint)) {
                return false;
            }
        }
        return true;
    }

    private static List<Predicate<Endpoint>> filters(JsonNode nodes) {
        List<Predicate<Endpoint>> filters = new ArrayList<>();
        for (JsonNode node : nodes) {
            String field = node.path("field").asString("");
            String operator = node.path("operator").asString("");
            JsonNode value = node.path("value");
            if (field.equals("first_seen") || field.equals("last_seen")) {
                boolean atLeast = operator.equals("gte");
                if ((!atLeast && !operator.equals("lte")) || !value.isIntegralNumber()) {
                    throw new BadRequestException("filter " + field + " takes gte or lte and epoch milliseconds");
                }
                long bound = value.longValue();
                boolean first = field.equals("first_seen");
                filters.add(endpoint -> {
                    long seen = first ? endpoint.firstSeen() : endpoint.lastSeen();
                    return atLeast ? seen >= bound : seen <= bound;
                });
                continue;
            }
            Function<Endpoint, Stream<String>> values = textsOf(field);
            if (!operator.equals("in") || !value.isArray()) {
                throw new BadRequestException("filter " + field + " takes the operator in and a list of values");
            }
            Set<String> wanted = new LinkedHashSet<>();
            value.forEach(item -> wanted.add(item.asString("").toLowerCase(Locale.ROOT)));
            filters.add(endpoint ->
                    values.apply(endpoint).anyMatch(text -> wanted.contains(text.toLowerCase(Locale.ROOT))));
        }
        return filters;
    }

    private static Function<Endpoint, Stream<String>> textsOf(String field) {
        return switch (field) {
            case "endpoint_id_list" -> endpoint -> Stream.of(endpoint.endpointId());
            case "dist_name" -> endpoint -> Stream.of(endpoint.os().platform().filterName() + "-standard");
            case "group_name" -> endpoint -> endpoint.groupNames().stream();
            case "alias" -> endpoint -> Stream.of(endpoint.alias());
            case "hostname" -> endpoint -> Stream.of(endpoint.name());
            case "username" -> endpoint -> endpoint.users().stream();
            case "ip_list" -> endpoint -> endpoint.ipv4().stream();
            case "public_ip_list" -> endpoint -> Stream.of(endpoint.publicIp());
            case "endpoint_status" -> endpoint -> Stream.of(endpoint.status().name());
            case "platform" -> endpoint -> Stream.of(endpoint.os().platform().filterName());
            case "isolate" -> endpoint -> Stream.of(endpoint.isolated() ? "isolated" : "unisolated");
            case "scan_status" -> endpoint -> Stream.of("none");
            case "cloud_provider" -> endpoint -> endpoint.cloud().map(Cloud::provider).stream();
            case "cloud_region" -> endpoint -> endpoint.cloud().map(Cloud::region).stream();
            case "cloud_provider_account_id" -> endpoint -> endpoint.cloud().map(Cloud::accountId).stream();
            case "cloud_instance_id" -> endpoint -> endpoint.cloud().map(Cloud::instanceId).stream();
            case "cloud_id" -> endpoint -> endpoint.cloud().map(Cloud::id).stream();
            default -> throw new BadRequestException("filter field " + field + " is not supported");
        };
    }

    private static long number(JsonNode request, String field, long otherwise) {
        JsonNode node = request.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return otherwise;
        }
        if (!node.isIntegralNumber()) {
            throw new BadRequestException(field + " is no whole number");
        }
        return node.longValue();
    }

    void getEndpoints(TenantDay tenant, int hidden, FaultBook.Struck faults, Answer answer) throws IOException {
        EndpointJson json = new EndpointJson(faults);
        try (JsonGenerator out =
                mapper.createGenerator(answer.stream("application/json", false, answer.acceptsGzip()))) {
            out.writeStartObject();
            out.writeArrayPropertyStart("reply");
            for (int rank = hidden; rank < tenant.day().endpointCount(); rank++) {
                json.thin(out, tenant.day().endpoint(rank));
            }
            out.writeEndArray();
            out.writeEndObject();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.baseline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.LoggingLevel;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.jackson.JacksonDataFormat;

/** Pages over HTTP, JSON, batched SQL: how somebody who knows Camel would do it. */
final class TenantRoutes extends RouteBuilder {

    private static final String MORE = "more";
    private static final String FROM = "from";
    private static final String QUERY = "query";
    private static final int PAGE = 100;
    private static final int LINES_PER_BATCH = 50;

    private static final ObjectReader LINES = new ObjectMapper().readerFor(JsonNode.class);

    /** Those that nobody has excluded in the tenant. */
    private final Set<String> cves = ConcurrentHashMap.newKeySet();

    private final String tenant;
    private final String keyId;
    private final String key;

    TenantRoutes(String tenant, String keyId, String key) {
        this.tenant = tenant;
        this.keyId = keyId;
        this.key = key;
    }

    @Override
    public void configure() {
        JacksonDataFormat json = new JacksonDataFormat(JsonNode.class);
        onException(Exception.class).handled(false).logRetryStackTrace(false).retryAttemptedLogLevel(LoggingLevel.OFF);

        from("direct:hosts")
                .setProperty(FROM, constant(0))
                .setProperty(MORE, constant(true))
                .loopDoWhile(exchangeProperty(MORE).isEqualTo(true))
                .process(TenantRoutes::askForPage)
                .to("direct:ask-endpoints")
                .unmarshal(json)
                .process(TenantRoutes::hosts)
                .to("sql:insert into host (endpoint_id, name, operating_system, last_seen)"
                        + " values (:#id, :#name, :#system, :#seen)?batch=true&dataSource=#inventory")
                .end();

        from("direct:cves")
                .setProperty(
                        QUERY,
                        constant("dataset = va_cves | filter is_excluded = \\\"NO\\\""
                                + " | fields name, severity, severity_score | limit 1000000"))
                .to("direct:query")
                .split(body().tokenize("\n", PAGE, false))
                .streaming()
                .stopOnException()
                .process(this::cves)
                .filter(TenantRoutes::hasRows)
                .to("sql:insert into cve (name, severity, score)"
                        + " values (:#name, :#severity, :#score)?batch=true&dataSource=#inventory")
                .end()
                .end();

        from("direct:findings")
                .setProperty(QUERY, constant("dataset = va_endpoints | fields endpoint_id, cves | limit 1000000"))
                .to("direct:query")
                .split(body().tokenize("\n", LINES_PER_BATCH, false))
                .streaming()
                .stopOnException()
                .parallelProcessing()
                .process(this::findings)
                .filter(TenantRoutes::hasRows)
                .to("sql:insert into finding (endpoint_id, cve)"
                        + " values (:#host, :#cve)?batch=true&dataSource=#inventory")
                .end()
                .end();

        from("direct:query")
                .process(TenantRoutes::startQuery)
                .to("direct:ask-start")
                .unmarshal(json)
                .process(TenantRoutes::askForResults)
                .loopDoWhile(exchangeProperty(MORE).isEqualTo(true))
                .setBody(exchangeProperty(QUERY))
                .to("direct:ask-results")
                .unmarshal(json)
                .process(TenantRoutes::results)
                .end()
                .process(TenantRoutes::rowsOrStream)
                .choice()
                .when(exchangeProperty(MORE).isEqualTo(true))
                .to("direct:ask-stream")
                .end();

        ask("direct:ask-endpoints", "endpoints/get_endpoint");
        ask("direct:ask-start", "xql/start_xql_query");
        ask("direct:ask-results", "xql/get_query_results");
        ask("direct:ask-stream", "xql/get_query_results_stream");
    }

    private void ask(String from, String call) {
        from(from)
                .setHeader(Exchange.HTTP_METHOD, constant("POST"))
                .setHeader(Exchange.CONTENT_TYPE, constant("application/json"))
                .setHeader("x-xdr-auth-id", constant(keyId))
                .setHeader("Authorization", constant(key))
                .to(tenant + "/public_api/v1/" + call + "?disableStreamCache=true");
    }

    private static JsonNode answer(Exchange exchange) throws InvalidPayloadException {
        return exchange.getMessage().getMandatoryBody(JsonNode.class);
    }

    private static int from(Exchange exchange) {
        return exchange.getProperty(FROM) instanceof Integer from ? from : 0;
    }

    private static void askForPage(Exchange exchange) {
        int from = from(exchange);
        exchange.getMessage()
                .setBody("{\"request_data\":{\"search_from\":" + from + ",\"search_to\":" + (from + PAGE)
                        + ",\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}}}");
    }

    private static void hosts(Exchange exchange) throws InvalidPayloadException {
        JsonNode reply = answer(exchange).path("reply");
        List<Map<String, Object>> rows = new ArrayList<>();
        for (JsonNode host : reply.path("endpoints")) {
            rows.add(Map.of(
                    "id", host.path("endpoint_id").asText(),
                    "name", host.path("endpoint_name").asText(),
                    "system", host.path("operating_system").asText(),
                    "seen", host.path("last_seen").asLong()));
        }
        int from = from(exchange) + PAGE;
        exchange.setProperty(FROM, from);
        exchange.setProperty(MORE, from < reply.path("total_count").asInt());
        exchange.getMessage().setBody(rows);
    }

    private static List<JsonNode> lines(Exchange exchange) throws InvalidPayloadException, IOException {
        try (MappingIterator<JsonNode> lines =
                LINES.readValues(exchange.getMessage().getMandatoryBody(String.class))) {
            return lines.readAll();
        }
    }

    private static boolean hasRows(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof List<?> rows && !rows.isEmpty();
    }

    private void cves(Exchange exchange) throws InvalidPayloadException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (JsonNode cve : lines(exchange)) {
            String name = cve.path("name").asText();
            cves.add(name);
            rows.add(Map.of(
                    "name", name,
                    "severity", cve.path("severity").asText(),
                    "score", cve.path("severity_score").decimalValue()));
        }
        exchange.getMessage().setBody(rows);
    }

    private void findings(Exchange exchange) throws InvalidPayloadException, IOException {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (JsonNode host : lines(exchange)) {
            String id = host.path("endpoint_id").asText();
            for (JsonNode cve : host.path("cves")) {
                if (cves.contains(cve.asText())) {
                    rows.add(Map.of("host", id, "cve", cve.asText()));
                }
            }
        }
        exchange.getMessage().setBody(rows);
    }

    private static void startQuery(Exchange exchange) {
        exchange.getMessage()
                .setBody("{\"request_data\":{\"query\":\"" + exchange.getProperty(QUERY, String.class)
                        + "\",\"timeframe\":{\"relativeTime\":2592000000}}}");
    }

    private static void askForResults(Exchange exchange) throws InvalidPayloadException {
        String id = answer(exchange).path("reply").asText();
        exchange.setProperty(MORE, true);
        exchange.setProperty(
                QUERY, "{\"request_data\":{\"query_id\":\"" + id + "\",\"pending_flag\":true,\"format\":\"json\"}}");
    }

    private static void results(Exchange exchange) throws InterruptedException, InvalidPayloadException {
        JsonNode reply = answer(exchange).path("reply");
        switch (reply.path("status").asText()) {
            case "PENDING" -> Thread.sleep(300);
            case "SUCCESS" -> exchange.setProperty(MORE, false);
            default -> throw new IllegalStateException("The query ended as " + reply.path("status"));
        }
    }

    /** Small answers come with their rows, large ones with the id of a stream of them. */
    private static void rowsOrStream(Exchange exchange) throws InvalidPayloadException {
        JsonNode results = answer(exchange).at("/reply/results");
        boolean stream = results.has("stream_id");
        exchange.setProperty(MORE, stream);
        if (stream) {
            exchange.getMessage()
                    .setBody("{\"request_data\":{\"stream_id\":\""
                            + results.path("stream_id").asText() + "\",\"is_gzip_compressed\":false}}");
        } else {
            List<String> lines = new ArrayList<>();
            results.path("data").forEach(row -> lines.add(row.toString()));
            exchange.getMessage().setBody(String.join("\n", lines));
        }
    }
}

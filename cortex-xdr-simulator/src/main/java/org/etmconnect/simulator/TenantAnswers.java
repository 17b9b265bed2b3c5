// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.io.OutputStream;
import java.util.Collection;
import java.util.Map;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.xql.ParsedQuery;
import org.etmconnect.simulator.xql.Plan;
import org.etmconnect.simulator.xql.QueryParser;
import org.etmconnect.simulator.xql.Table;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a tenant answers on a day, byte for byte, without a server: for those who want a large tenant's answers on disk.
 * Safe for use by several threads.
 */
public final class TenantAnswers {

    /** Rows that the results call gives with its own answer; more come as a stream. */
    public static final int MOST_INLINE = XqlCalls.MOST_INLINE;

    private final TenantDay day;
    private final JsonMapper mapper = JsonMapper.builder().build();
    private final EndpointCalls endpoints = new EndpointCalls(mapper);
    private final XqlCalls queries;

    /** The answers of a tenant with this fleet, which has no faults. */
    public TenantAnswers(PopulationDay day, PopulationSettings fleet) {
        this.day = new TenantDay(day);
        this.queries = new XqlCalls(SimulatorSettings.of(fleet), mapper);
    }

    /**
     * The body that {@code get_endpoint} answers with, sorted by endpoint id.
     *
     * @param from offset of the window, inclusive, from 0
     * @param to offset of the window, exclusive
     */
    public byte[] endpoints(long from, long to) {
        ObjectNode request = mapper.createObjectNode();
        request.putObject("sort").put("field", "endpoint_id").put("keyword", "ASC");
        return endpoints.page(day, 0, request, from, to, FaultBook.Struck.NONE);
    }

    /** How many rows a query has; throws {@link IllegalArgumentException} if it cannot be run. */
    public long count(String query) {
        return plan(query, day.tables(false)).count();
    }

    /** Writes a query's rows as {@code get_query_results_stream} does, uncompressed, closes {@code target}, and tells how many there are. */
    public long stream(String query, OutputStream target) {
        return queries.lines(plan(query, day.tables(false)), target);
    }

    /** The body that {@code get_query_results} answers with for a query of at most {@link #MOST_INLINE} rows. */
    public byte[] results(String query) {
        return queries.results(plan(query, day.tables(false)));
    }

    /** The same for a query over {@code va_endpoints} that asks for these hosts only; ids that are unknown have no row. */
    public byte[] resultsOf(String query, Collection<String> endpointIds) {
        int[] ranks = endpointIds.stream()
                .flatMapToInt(id -> day.day().rankOf(id).stream())
                .sorted()
                .distinct()
                .toArray();
        return queries.results(plan(query, day.endpointsOf(ranks)));
    }

    private static Plan plan(String query, Map<String, Table> tables) {
        return switch (QueryParser.parse(query)) {
            case ParsedQuery.Bad bad -> throw new IllegalArgumentException("The query does not read: " + bad.message());
            case ParsedQuery.Good good ->
                switch (Plan.of(good.query(), tables)) {
                    case Plan.Ready ready -> ready.plan();
                    case Plan.Rejected rejected ->
                        throw new IllegalArgumentException("The query cannot be run: " + rejected.message());
                };
        };
    }
}

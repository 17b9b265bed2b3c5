// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.apply;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.connector.Completeness;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.PageWriter;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.connector.SourceFetch;
import org.etmconnect.connector.Split;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.cortexxdr.stored.EndpointPage;
import org.etmconnect.cortexxdr.stored.SharedNames;
import org.etmconnect.cortexxdr.stored.Streams;
import org.etmconnect.simulator.TenantAnswers;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.snapshot.Snapshot;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts a day of a simulated tenant on disk as a fetch would have left it, without a call. The connector's own fetch is
 * then asked whether anything is left to read and whether the snapshot is complete.
 */
public final class StoredFleet {

    private static final int WINDOW = 100;
    private static final int IDS_PER_LOOKUP = 500;
    private static final int MOST_ROWS = 1_000_000;
    private static final String CVE_QUERY =
            "dataset = va_cves | fields cve_id, name, description, severity, severity_score, affected_hosts,"
                    + " affected_products, publication_date, modification_date, exploitability_score, impact_score, type,"
                    + " is_excluded | sort asc cve_id | limit " + MOST_ROWS;

    private final TenantAnswers tenant;
    private final PopulationDay day;
    private final CortexXdrConnector connector = new CortexXdrConnector();
    private final JsonMapper json = JsonMapper.builder().build();

    /** The hosts and CVEs of {@code day}. */
    public StoredFleet(PopulationDay day, PopulationSettings settings) {
        this.day = day;
        this.tenant = new TenantAnswers(day, settings);
    }

    /** Settings of a connection to a tenant at which nobody listens: a call would fail. */
    public static ConnectionSettings settings() {
        ConnectionSettings entered = new ConnectionSettings(
                Map.of("baseURL", "http://127.0.0.1:9", "x-xdr-auth-id", "1"),
                Map.of("apiKey", Secret.of("nobody-listens")),
                Set.of(FindingType.values()),
                NetworkOptions.defaults().withPlainHttp(true));
        if (new CortexXdrConnector().checkSettings(entered) instanceof SettingsCheck.Accepted accepted) {
            return accepted.settings();
        }
        throw new IllegalStateException("The settings of the tenant that is not there are refused");
    }

    /** Writes and seals the snapshot, which is empty. */
    public void write(Snapshot snapshot) throws IOException, InterruptedException {
        AtomicLong next = new AtomicLong();
        List<Callable<Void>> work = new ArrayList<>();
        work.add(() -> {
            cves(snapshot);
            return null;
        });
        int processors = Runtime.getRuntime().availableProcessors();
        IntStream.range(0, processors)
                .forEach(thread -> work.add(() -> {
                    endpoints(snapshot, next);
                    return null;
                }));
        try (ExecutorService threads = Executors.newFixedThreadPool(processors)) {
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("The answers could not be stored: " + e.getCause(), e);
        }
        lookups(snapshot);
        seal(snapshot);
    }

    /** The CVEs alone, without a seal. */
    public void writeCves(Snapshot snapshot) throws IOException {
        cves(snapshot);
    }

    private void cves(Snapshot snapshot) throws IOException {
        long rows = tenant.count(CVE_QUERY);
        try (PageWriter page = snapshot.begin(Streams.CVES, "all", request(CVE_QUERY))) {
            if (rows > TenantAnswers.MOST_INLINE) {
                tenant.stream(CVE_QUERY, page.body());
            } else {
                page.body().write(tenant.results(CVE_QUERY));
            }
            page.commit(rows, facts(rows, rows > TenantAnswers.MOST_INLINE ? "stream" : "inline", MOST_ROWS));
        }
    }

    private static Map<String, String> facts(long rows, String form, long limit) {
        return Map.of(
                "form",
                form,
                "status",
                "SUCCESS",
                "number_of_results",
                Long.toString(rows),
                "limit",
                Long.toString(limit));
    }

    private String request(String query) {
        Map<String, Object> data = new HashMap<>();
        data.put("query", query);
        data.put("tenants", List.of());
        return json.writeValueAsString(Map.of("request_data", data));
    }

    /** Neighbouring windows share a row; the last one is the first that comes back short. */
    private void endpoints(Snapshot snapshot, AtomicLong next) throws IOException {
        long count = day.endpointCount();
        for (long start = next.getAndAdd(WINDOW - 1);
                start == 0 || start + 1 <= count;
                start = next.getAndAdd(WINDOW - 1)) {
            long end = Math.min(count, start + WINDOW);
            List<String> ids = new ArrayList<>(WINDOW);
            for (long rank = start; rank < end; rank++) {
                ids.add(day.endpointId((int) rank));
            }
            EndpointPage facts = EndpointPage.of(start, start + WINDOW, ids, Optional.of(count));
            String request = "{\"request_data\":{\"search_from\":" + start + ",\"search_to\":" + (start + WINDOW)
                    + ",\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}}}";
            try (PageWriter page = snapshot.begin(Streams.ENDPOINTS, "p%012d".formatted(start), request)) {
                page.body().write(tenant.endpoints(start, start + WINDOW));
                page.commit(facts.rows(), facts.facts());
            }
            if (facts.isShort()) {
                return;
            }
        }
    }

    /** Hosts that share their name are asked about one by one. */
    private void lookups(Snapshot snapshot) throws IOException {
        List<String> shared = SharedNames.endpointIds(json, snapshot);
        for (int from = 0; from < shared.size(); from += IDS_PER_LOOKUP) {
            List<String> ids = shared.subList(from, Math.min(shared.size(), from + IDS_PER_LOOKUP));
            long limit = ids.size() + 1L;
            String query = "dataset = va_endpoints | filter endpoint_id in ("
                    + ids.stream().map(id -> '"' + id + '"').collect(Collectors.joining(", "))
                    + ") | fields endpoint_id, endpoint_name, cves | sort asc endpoint_id | limit " + limit;
            String key = "c%06d".formatted(from / IDS_PER_LOOKUP);
            try (PageWriter page = snapshot.begin(Streams.ENDPOINT_CVES, key, request(query))) {
                page.body().write(tenant.resultsOf(query, ids));
                page.commit(ids.size(), facts(ids.size(), "inline", limit));
            }
        }
    }

    private void seal(Snapshot snapshot) {
        try (SourceFetch fetch = connector.openFetch(settings(), new Nobody())) {
            List<Split> left = fetch.plan(snapshot, Set.of());
            if (!left.isEmpty()) {
                throw new IllegalStateException("The stored pages are not all that a fetch reads: "
                        + left.stream().limit(5).map(Split::id).toList() + " are left");
            }
            Completeness completeness = fetch.completeness(snapshot);
            if (!completeness.complete()) {
                throw new IllegalStateException("The stored pages are not complete: " + completeness.missing());
            }
            snapshot.close(completeness.missing(), completeness.counts());
        }
    }

    private static final class Nobody implements FetchObserver {
        @Override
        public void apiCall(String call) {
            throw new UncheckedIOException(new IOException("Nothing is to be asked, but was: " + call));
        }

        @Override
        public void throttled(String call) {}

        @Override
        public void expectedRows(String stream, long rows) {}

        @Override
        public void warning(String message) {}
    }
}

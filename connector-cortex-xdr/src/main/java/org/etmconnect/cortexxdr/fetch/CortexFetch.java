// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.connector.Completeness;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.PageSink;
import org.etmconnect.connector.SourceFetch;
import org.etmconnect.connector.Split;
import org.etmconnect.connector.SplitOutcome;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.client.Fault;
import org.etmconnect.cortexxdr.client.Result;
import org.etmconnect.cortexxdr.client.TenantClient;
import org.etmconnect.cortexxdr.client.Time;
import org.etmconnect.cortexxdr.stored.EndpointCover;
import org.etmconnect.cortexxdr.stored.EndpointPage;
import org.etmconnect.cortexxdr.stored.EndpointRows;
import org.etmconnect.cortexxdr.stored.SharedNames;
import org.etmconnect.cortexxdr.stored.Streams;
import tools.jackson.databind.json.JsonMapper;

/**
 * One fetch of a tenant: its endpoints, its CVEs if they are asked for, and the CVEs by endpoint of those endpoints that
 * share their name. What fails on the side of the CVEs never stops the endpoints.
 */
public final class CortexFetch implements SourceFetch {

    private static final String CVE_FIELDS = "cve_id, name, description, severity, severity_score, affected_hosts, "
            + "affected_products, publication_date, modification_date, exploitability_score, impact_score, type, is_excluded";

    private final TenantClient client;
    private final boolean vulnerabilities;
    private final FetchTuning tuning;
    private final FetchObserver observer;
    private final JsonMapper json;
    private final EndpointPlan endpointPlan;
    private final SharedNames names;
    private final EndpointReader endpoints;
    private final XqlReader xql;
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private volatile Optional<List<String>> sharedNames = Optional.empty();

    /**
     * @param client closed together with the fetch
     * @param vulnerabilities whether CVEs are asked for; if not, no query is sent
     */
    public CortexFetch(
            TenantClient client,
            boolean vulnerabilities,
            FetchTuning tuning,
            FetchObserver observer,
            Time time,
            JsonMapper json) {
        this.client = client;
        this.vulnerabilities = vulnerabilities;
        this.tuning = tuning;
        this.observer = observer;
        this.json = json;
        this.endpointPlan = new EndpointPlan(tuning);
        this.names = new SharedNames(json);
        this.endpoints = new EndpointReader(client, tuning, observer, endpointPlan::listEndsAt, names);
        this.xql = new XqlReader(client, tuning, observer, time, json);
    }

    @Override
    public List<Split> plan(StoredPages stored, Set<String> started) {
        List<Split> splits = new ArrayList<>();
        Split cves = new Split(Streams.CVES, Streams.CVES, Map.of());
        if (vulnerabilities && cvePage(stored).isEmpty() && !started.contains(cves.id())) {
            splits.add(cves);
        }
        EndpointPlan.Next next = endpointPlan.next(stored, started, ended);
        splits.addAll(next.splits());
        if (next.over()) {
            lookups(stored).stream()
                    .filter(split -> stored.page(split.stream(), key(split)).isEmpty())
                    .filter(split -> !started.contains(split.id()))
                    .forEach(splits::add);
        }
        return splits;
    }

    /** One look-up for each chunk of endpoints that share their names; none while there are no CVEs to tell apart. */
    private List<Split> lookups(StoredPages stored) {
        if (!vulnerabilities || cvePage(stored).map(StoredPage::rows).orElse(0L) == 0) {
            return List.of();
        }
        int ids = sharedNames(stored).size();
        return IntStream.range(0, (ids + tuning.idsPerLookup() - 1) / tuning.idsPerLookup())
                .mapToObj(chunk -> new Split(
                        Streams.ENDPOINT_CVES + "/" + chunk,
                        Streams.ENDPOINT_CVES,
                        Map.of("chunk", Integer.toString(chunk))))
                .toList();
    }

    private static String key(Split lookup) {
        return PageKeys.lookup(chunk(lookup));
    }

    private static int chunk(Split lookup) {
        return Integer.parseInt(lookup.parameters().getOrDefault("chunk", "0"));
    }

    private List<String> sharedNames(StoredPages stored) {
        Optional<List<String>> known = sharedNames;
        if (known.isPresent()) {
            return known.get();
        }
        try {
            List<String> ids = names.endpointIds(stored);
            sharedNames = Optional.of(ids);
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException("The stored pages of endpoints cannot be read back", e);
        }
    }

    private static Optional<StoredPage> cvePage(StoredPages stored) {
        return stored.page(Streams.CVES, PageKeys.CVES);
    }

    @Override
    public SplitOutcome read(Split split, StoredPages stored, PageSink sink) throws InterruptedException {
        try {
            return switch (split.stream()) {
                case Streams.ENDPOINTS ->
                    endpoints
                            .read(split, stored, sink)
                            .<SplitOutcome>map(
                                    fault -> new SplitOutcome.Failed(fault.kind(), fault.text(), stopsAll(fault)))
                            .orElseGet(SplitOutcome.Read::new);
                case Streams.CVES -> cves(stored, sink);
                case Streams.ENDPOINT_CVES -> lookup(split, stored, sink);
                default -> throw new IllegalArgumentException("The connector has no stream " + split.stream());
            };
        } finally {
            ended.add(split.id());
        }
    }

    private static boolean stopsAll(Fault fault) {
        return switch (fault.kind()) {
            case CONFIGURATION, AUTHENTICATION, PERMISSION, LICENCE -> true;
            case RATE_LIMITED, QUOTA_EXCEEDED, REMOTE_UNAVAILABLE, BAD_DATA, INTERNAL -> false;
        };
    }

    private SplitOutcome cves(StoredPages stored, PageSink sink) throws InterruptedException {
        if (cvePage(stored).isPresent()) {
            return new SplitOutcome.Read();
        }
        String query = "dataset = va_cves | fields " + CVE_FIELDS + " | sort asc cve_id | limit " + tuning.rowLimit();
        return switch (xql.run(query, tuning.rowLimit(), Streams.CVES, PageKeys.CVES, sink)) {
            case Result.Failed<Long>(Fault fault) ->
                new SplitOutcome.Failed(
                        fault.kind(), "The vulnerabilities could not be fetched. " + fault.text(), false);
            case Result.Ok<Long>(Long rows) -> {
                if (rows == 0) {
                    observer.warning(
                            "Cortex XDR has no vulnerability data: the dataset va_cves is empty. It needs Cortex XDR "
                                    + "Pro per Endpoint, the Host Insights add-on, and Host Insights enabled in the agent settings "
                                    + "profile; first data comes after up to 6 hours, after the very first activation up to a week.");
                }
                yield new SplitOutcome.Read();
            }
        };
    }

    private SplitOutcome lookup(Split split, StoredPages stored, PageSink sink) throws InterruptedException {
        if (stored.page(split.stream(), key(split)).isPresent()) {
            return new SplitOutcome.Read();
        }
        List<String> all = sharedNames(stored);
        int from = chunk(split) * tuning.idsPerLookup();
        List<String> ids = all.subList(from, Math.min(all.size(), from + tuning.idsPerLookup()));
        String list = ids.stream()
                .filter(id -> id.matches("[A-Za-z0-9_.:-]+")) // nothing that could end the quoted text
                .map(id -> '"' + id + '"')
                .collect(Collectors.joining(", "));
        long limit = ids.size() + 1L;
        String query = "dataset = va_endpoints | filter endpoint_id in (" + list
                + ") | fields endpoint_id, endpoint_name, cves | sort asc endpoint_id | limit " + limit;
        return switch (xql.run(query, limit, Streams.ENDPOINT_CVES, key(split), sink)) {
            case Result.Ok<Long> ok -> new SplitOutcome.Read();
            case Result.Failed<Long>(Fault fault) -> {
                String message = ids.size()
                        + " hosts that share their name with another could not be told apart, so their findings"
                        + " stay as they are. " + fault.text();
                observer.warning(message);
                yield new SplitOutcome.Failed(fault.kind(), message, false);
            }
        };
    }

    @Override
    public Completeness completeness(StoredPages stored) {
        List<String> missing = new ArrayList<>();
        Map<String, Long> counts = new HashMap<>();
        try {
            endpoints(stored, missing, counts);
        } catch (IOException e) {
            throw new UncheckedIOException("The stored pages of endpoints cannot be read back", e);
        }
        if (vulnerabilities) {
            Optional<StoredPage> page = cvePage(stored);
            counts.put(Streams.CVES, page.map(StoredPage::rows).orElse(0L));
            page.ifPresentOrElse(
                    found -> missing.addAll(XqlFacts.of(found).missing(Streams.CVES, found.rows())),
                    () -> missing.add("The vulnerabilities (dataset va_cves) were not received."));
            lookups(stored, missing, counts);
        }
        return new Completeness(missing, counts);
    }

    private void lookups(StoredPages stored, List<String> missing, Map<String, Long> counts) {
        long rows = 0;
        int failed = 0;
        for (Split split : lookups(stored)) {
            Optional<StoredPage> page = stored.page(split.stream(), key(split));
            if (page.isPresent()) {
                rows += page.get().rows();
                missing.addAll(XqlFacts.of(page.get())
                        .missing(Streams.ENDPOINT_CVES, page.get().rows()));
            } else {
                failed += Math.min(
                        tuning.idsPerLookup(), sharedNames(stored).size() - chunk(split) * tuning.idsPerLookup());
            }
        }
        counts.put(Streams.ENDPOINT_CVES, rows);
        if (failed > 0) {
            missing.add(String.format(
                    Locale.ROOT,
                    "%,d hosts share their name with another and could not be told apart: their findings stay as they are.",
                    failed));
        }
    }

    private void endpoints(StoredPages stored, List<String> missing, Map<String, Long> counts) throws IOException {
        List<EndpointPage> pages = EndpointPlan.pages(stored);
        EndpointCover cover = EndpointCover.of(pages);
        long distinct = cover.distinctIds(new StoredIds(stored));
        counts.put(Streams.ENDPOINTS, distinct);
        if (stored.page(Streams.ENDPOINTS, PageKeys.window(0)).isEmpty()) {
            missing.add("The hosts (get_endpoint) were not received.");
            return;
        }
        long received = distinct
                + pages.stream().mapToLong(EndpointPage::withoutId).max().orElse(0);
        LongSummaryStatistics totals = pages.stream()
                .flatMap(page -> page.total().stream())
                .mapToLong(Long::longValue)
                .summaryStatistics();
        if (totals.getCount() == 0
                && received == 0
                && stored.pages(Streams.ENDPOINTS).stream()
                        .anyMatch(page -> page.facts().containsKey(EndpointReader.NO_LIST))) {
            missing.add("Cortex XDR answered without a list of hosts and without a count, so nothing proves that it has"
                    + " none.");
        }
        boolean moved = totals.getCount() > 0 && totals.getMin() != totals.getMax();
        if (!cover.ordered()) {
            if (totals.getCount() == 0 || moved || totals.getMax() != received) {
                missing.add(String.format(
                        Locale.ROOT,
                        "Cortex XDR did not sort the hosts by endpoint id as asked, and %s: nothing proves that none of the "
                                + "%,d hosts received is all there is.",
                        totals.getCount() == 0
                                ? "gives no count of its own"
                                : moved ? "its own count moved while it was read" : "its own count is another",
                        received));
            }
            return;
        }
        cover.gaps().forEach(gap -> missing.add(gap.inWords()));
        if (totals.getCount() > 0 && !explains(totals, received, cover.gaps().isEmpty())) {
            long last = lastTotal(pages);
            missing.add(String.format(
                    Locale.ROOT,
                    "Cortex XDR counts %,d endpoints, %,d were received%s.",
                    last,
                    received,
                    moved
                            ? String.format(
                                    Locale.ROOT,
                                    " (its count moved between %,d and %,d while it was read)",
                                    totals.getMin(),
                                    totals.getMax())
                            : ""));
        }
    }

    /**
     * Whether the tenant's counts agree with what was received. Hosts come and go while a large tenant is read; where the
     * ids leave no gap, every host that was there all along is in hand, and any count between the least and the greatest
     * seen is then as good as the last.
     */
    private static boolean explains(LongSummaryStatistics totals, long received, boolean noGap) {
        return noGap && totals.getMin() <= received && received <= totals.getMax();
    }

    private static long lastTotal(List<EndpointPage> pages) {
        return pages.stream()
                .filter(page -> page.total().isPresent())
                .max(Comparator.comparing(EndpointPage::fetchedAt).thenComparingLong(EndpointPage::start))
                .flatMap(EndpointPage::total)
                .orElse(0L);
    }

    /** Reads the ids of the pages that overlap by more than usual. */
    private final class StoredIds implements EndpointCover.IdReader {

        private final Map<EndpointPage, StoredPage> pages = new HashMap<>();
        private final StoredPages stored;

        StoredIds(StoredPages stored) {
            this.stored = stored;
        }

        @Override
        public List<String> ids(EndpointPage page) throws IOException {
            if (pages.isEmpty()) {
                stored.pages(Streams.ENDPOINTS).forEach(known -> pages.put(EndpointPage.of(known), known));
            }
            StoredPage found = pages.get(page);
            if (found == null) {
                throw new IOException("The page of endpoints from offset " + page.start() + " is gone");
            }
            try (InputStream body = stored.open(found)) {
                return EndpointRows.read(json, body).stream()
                        .map(EndpointRows.Row::id)
                        .toList();
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.etmconnect.simulator.population.Cve;
import org.etmconnect.simulator.population.Endpoint;
import org.etmconnect.simulator.population.Platform;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.xql.Row;
import org.etmconnect.simulator.xql.Table;
import org.etmconnect.simulator.xql.Texts;
import org.etmconnect.simulator.xql.Timestamp;
import org.jspecify.annotations.Nullable;

/** What the tenant shows on one day: hosts in several orders, and the datasets. */
final class TenantDay {

    /** The names of more hosts than this would not fit one array. */
    private static final int MOST_NAMES_KEPT = 100_000_000;

    private static final String NO_CVES = "No CVEs Found";

    private final PopulationDay day;
    private int @Nullable [] byFirstSeen;
    private int @Nullable [] byLastSeen;
    private double @Nullable [] scores;
    private HostNames.@Nullable Book names;

    TenantDay(PopulationDay day) {
        this.day = day;
    }

    PopulationDay day() {
        return day;
    }

    synchronized int[] ranksByFirstSeen() {
        int[] ranks = byFirstSeen;
        if (ranks == null) {
            ranks = sortedBy(Endpoint::firstSeen);
            byFirstSeen = ranks;
        }
        return ranks;
    }

    synchronized int[] ranksByLastSeen() {
        int[] ranks = byLastSeen;
        if (ranks == null) {
            ranks = sortedBy(Endpoint::lastSeen);
            byLastSeen = ranks;
        }
        return ranks;
    }

    /** The scores of all CVEs, by index; made once, as each host of {@code va_endpoints} needs many. */
    private synchronized double[] scores() {
        double[] made = scores;
        if (made == null) {
            made = IntStream.range(0, day.cveCount())
                    .mapToDouble(index -> day.cve(index).score())
                    .toArray();
            scores = made;
        }
        return made;
    }

    private OptionalInt worstOf(int rank) {
        double[] known = scores();
        int worst = -1;
        for (int cve : day.cvesOf(rank)) {
            if (worst < 0 || known[cve] > known[worst]) {
                worst = cve;
            }
        }
        return worst < 0 ? OptionalInt.empty() : OptionalInt.of(worst);
    }

    /** Host names are written many times over, so they are kept, some 15 bytes each. */
    private Texts namesOf(int cve) {
        if (day.endpointCount() > MOST_NAMES_KEPT) {
            return consumer -> day.forEachAffectedHost(cve, rank -> consumer.accept(day.nameInCveData(rank)));
        }
        HostNames.Book kept;
        synchronized (this) {
            kept = names;
            if (kept == null) {
                kept = HostNames.Book.of(day);
                names = kept;
            }
        }
        return new HostNames(day, cve, kept);
    }

    private int[] sortedBy(ToLongFunction<Endpoint> key) {
        long[] keys = new long[day.endpointCount()];
        for (int rank = 0; rank < keys.length; rank++) {
            keys[rank] = key.applyAsLong(day.endpoint(rank));
        }
        return IntStream.range(0, keys.length)
                .boxed()
                .sorted((a, b) -> Long.compare(keys[a], keys[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The datasets by name; those with vulnerability data have no rows if {@code empty}. */
    Map<String, Table> tables(boolean empty) {
        Map<String, Table> tables = new LinkedHashMap<>();
        tables.put("va_cves", new Table(CVE_COLUMNS, "cve_id", sink -> scanCves(empty, sink)));
        tables.put("va_endpoints", new Table(ENDPOINT_COLUMNS, "endpoint_id", sink -> scanEndpoints(empty, sink)));
        tables.put("host_inventory_endpoints", new Table(INVENTORY_COLUMNS, "endpoint_id", this::scanInventory));
        return tables;
    }

    /** The dataset {@code va_endpoints} with only the hosts of these ranks, ascending, which takes no look at all hosts. */
    Map<String, Table> endpointsOf(int[] ranks) {
        return Map.of(
                "va_endpoints",
                new Table(
                        ENDPOINT_COLUMNS,
                        "endpoint_id",
                        sink -> Arrays.stream(ranks)
                                .takeWhile(rank -> sink.test(new EndpointRow(rank)))
                                .forEach(rank -> {})));
    }

    private static final List<String> CVE_COLUMNS = List.of(
            "cve_id",
            "name",
            "description",
            "severity",
            "severity_score",
            "affected_hosts",
            "affected_hosts_count",
            "affected_products",
            "os_type",
            "publication_date",
            "modification_date",
            "exploitability_score",
            "impact_score",
            "type",
            "is_excluded",
            "confidentiality",
            "integrity",
            "availability");

    private static final List<String> ENDPOINT_COLUMNS =
            List.of("endpoint_id", "endpoint_name", "cves", "severity", "severity_score");

    private static final List<String> INVENTORY_COLUMNS =
            List.of("endpoint_name", "endpoint_id", "operating_system", "endpoint_type", "last_report_time");

    private void scanCves(boolean empty, Predicate<Row> sink) {
        for (int index = 0; !empty && index < day.cveCount(); index++) {
            if (!sink.test(new CveRow(day.cve(index)))) {
                return;
            }
        }
    }

    private void scanEndpoints(boolean empty, Predicate<Row> sink) {
        for (int rank = 0; !empty && rank < day.endpointCount(); rank++) {
            if (!sink.test(new EndpointRow(rank))) {
                return;
            }
        }
    }

    private void scanInventory(Predicate<Row> sink) {
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            Endpoint endpoint = day.endpoint(rank);
            Row row = column -> switch (column) {
                case "endpoint_name" -> endpoint.name();
                case "endpoint_id" -> endpoint.endpointId();
                case "operating_system" -> endpoint.os().name();
                case "endpoint_type" -> EndpointJson.type(endpoint);
                case "last_report_time" -> new Timestamp(endpoint.lastSeen());
                default -> null;
            };
            if (!sink.test(row)) {
                return;
            }
        }
    }

    private final class CveRow implements Row {
        private final Cve cve;

        CveRow(Cve cve) {
            this.cve = cve;
        }

        @Override
        public @Nullable Object get(String column) {
            return switch (column) {
                case "cve_id" -> cve.cveId();
                case "name" -> cve.name();
                case "description" -> cve.description();
                case "severity" -> cve.severity().name();
                case "severity_score" -> cve.score();
                case "affected_hosts" -> namesOf(cve.index());
                case "affected_hosts_count" -> {
                    long[] count = {0};
                    day.forEachAffectedHost(cve.index(), rank -> count[0]++);
                    yield count[0];
                }
                case "affected_products" -> (Texts) cve.products()::forEach;
                case "os_type" ->
                    (Texts) consumer ->
                            cve.platforms().stream().map(Platform::osType).forEach(consumer);
                case "publication_date" -> new Timestamp(cve.published());
                case "modification_date" -> new Timestamp(cve.modified());
                case "exploitability_score" -> cve.exploitability();
                case "impact_score" -> cve.impact();
                case "type" -> cve.type();
                case "is_excluded" -> cve.excluded() ? "YES" : "NO";
                case "confidentiality", "integrity" -> cve.impact() > 4 ? "HIGH" : "LOW";
                case "availability" -> cve.impact() > 2.5 ? "HIGH" : "NONE";
                default -> null;
            };
        }
    }

    private final class EndpointRow implements Row {
        private final int rank;

        EndpointRow(int rank) {
            this.rank = rank;
        }

        @Override
        public @Nullable Object get(String column) {
            return switch (column) {
                case "endpoint_id" -> day.endpointId(rank);
                case "endpoint_name" -> day.endpointName(rank);
                case "cves" ->
                    (Texts) consumer -> {
                        int[] cves = day.cvesOf(rank);
                        if (cves.length == 0) {
                            consumer.accept(NO_CVES);
                        }
                        for (int cve : cves) {
                            consumer.accept(day.cveName(cve));
                        }
                    };
                case "severity" -> {
                    OptionalInt worst = worstOf(rank);
                    yield worst.isPresent()
                            ? day.cve(worst.getAsInt()).severity().name()
                            : null;
                }
                case "severity_score" -> {
                    OptionalInt worst = worstOf(rank);
                    yield worst.isPresent() ? day.cve(worst.getAsInt()).score() : null;
                }
                default -> null;
            };
        }
    }
}

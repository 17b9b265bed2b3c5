// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etmconnect.connector.Completeness;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.HostInsights;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way from a tenant over HTTP to hosts with CVEs, compared with what the tenant really holds. */
class SimulatedTenantTest {

    @TempDir
    Path work;

    private final FetchRun run = new FetchRun();
    private final MemoryPages pages = new MemoryPages();
    private final List<RejectedRow> rejected = new ArrayList<>();

    private static CortexXdrSimulator tenant(int endpoints) {
        return CortexXdrSimulator.start(SimulatorSettings.of(new PopulationSettings(7, endpoints, 40)));
    }

    /** With more CVEs than come inline, so that they come as a stream. */
    private static CortexXdrSimulator tenantWithManyCves(int endpoints) {
        return CortexXdrSimulator.start(SimulatorSettings.of(new PopulationSettings(7, endpoints, 200)));
    }

    private Completeness fetch(CortexXdrSimulator tenant) throws Exception {
        CortexXdrConnector connector = TestSettings.connector();
        return run.run(connector.openFetch(TestSettings.settings(tenant.baseUrl()), run), pages);
    }

    private Map<String, Set<String>> cvesByEndpoint(long memory) {
        Map<String, Set<String>> result = new HashMap<>();
        try (SourceRecords records =
                TestSettings.connector().openRecords(pages, new RecordOptions(memory, work), rejected::add)) {
            String[] names = new String[records.sharedItemCount()];
            for (int i = 0; i < names.length; i++) {
                names[i] = records.sharedItem(i).path("name").asString();
            }
            for (Iterator<SourceRecord> all = records.records(); all.hasNext(); ) {
                SourceRecord record = all.next();
                Set<String> cves = new HashSet<>();
                Arrays.stream(record.sharedItems()).forEach(item -> cves.add(names[item]));
                assertThat(result.put(record.nativeKey(), cves)).isNull();
            }
        }
        return result;
    }

    private static Map<String, Set<String>> truth(PopulationDay day) {
        Map<String, Set<String>> truth = new HashMap<>();
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            Set<String> cves = new HashSet<>();
            for (int cve : day.cvesOf(rank)) {
                if (!day.cve(cve).excluded()) {
                    cves.add(day.cveName(cve));
                }
            }
            truth.put(day.endpointId(rank), cves);
        }
        return truth;
    }

    @Test
    void everyHostAndEveryCveOfATenantArrives() throws Exception {
        try (CortexXdrSimulator tenant = tenantWithManyCves(2_345)) {
            Completeness complete = fetch(tenant);
            assertThat(run.failures).isEmpty();
            assertThat(complete.missing()).isEmpty();
            PopulationDay day = tenant.population().day(0);
            assertThat(complete.counts()).containsEntry("endpoints", (long) day.endpointCount());
            assertThat(cvesByEndpoint(64 << 20)).isEqualTo(truth(day));
            assertThat(cvesByEndpoint(1 << 20)).isEqualTo(truth(day));
            assertThat(rejected).isEmpty();
            assertThat(run.expected).containsEntry("endpoints", (long) day.endpointCount());
        }
        assertThat(work.toFile().list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 99, 100, 101, 199, 200})
    void tenantsThatEndAtAWindowsEdgeAreProvedComplete(int endpoints) throws Exception {
        try (CortexXdrSimulator tenant = tenant(endpoints)) {
            assertThat(fetch(tenant).missing()).isEmpty();
            assertThat(cvesByEndpoint(16 << 20))
                    .isEqualTo(truth(tenant.population().day(0)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get_endpoint@2-6:429",
                "get_endpoint@3:429-text",
                "get_endpoint@2-3:500-text",
                "*@4:503",
                "get_endpoint@2:reset",
                "get_endpoint@2:err-in-200",
                "get_endpoint:no-total",
                "get_endpoint:null-total",
                "get_endpoint:null=ip",
                "get_endpoint:null=tags",
                "get_endpoint:null=group_name",
                "get_endpoint:null=mac_address",
                "get_query_results_stream@1:truncate=10",
                "get_query_results_stream@1-2:break=10",
                "get_query_results:text-numbers",
                "get_query_results_stream:text-numbers",
                "get_endpoint@5:shift=3",
                "get_endpoint@5:shift=-3",
                "get_endpoint@9:shift=-150",
            })
    void aTenantInTroubleIsReadCompletelyAllTheSame(String fault) throws Exception {
        try (CortexXdrSimulator tenant = tenantWithManyCves(1_150)) {
            tenant.inject(fault);
            Completeness complete = fetch(tenant);
            assertThat(complete.missing()).isEmpty();
            assertThat(run.failures).isEmpty();
            assertThat(cvesByEndpoint(16 << 20).entrySet())
                    .containsAll(
                            fault.contains("shift")
                                    ? List.of()
                                    : truth(tenant.population().day(0)).entrySet());
        }
    }

    @Test
    void aCountThatIsTooHighIsReportedAndTheReadingEnds() throws Exception {
        try (CortexXdrSimulator tenant = tenant(450)) {
            tenant.inject("get_endpoint:lying-total=5000");
            int endpoints = tenant.population().day(0).endpointCount();
            assertThat(fetch(tenant).missing())
                    .containsExactly(String.format(
                            "Cortex XDR counts %,d endpoints, %,d were received.", endpoints + 5000, endpoints));
        }
    }

    @Test
    void aCountOutOfAllReasonTakesNoMemory() throws Exception {
        try (CortexXdrSimulator tenant = tenant(450)) {
            tenant.inject("get_endpoint:lying-total=900000000000000000");
            Completeness complete = fetch(tenant);
            assertThat(complete.counts()).containsEntry("endpoints", (long)
                    tenant.population().day(0).endpointCount());
            assertThat(complete.missing()).hasSize(1);
        }
    }

    @Test
    void aCountThatIsTooLowDoesNotEndTheReading() throws Exception {
        try (CortexXdrSimulator tenant = tenant(450)) {
            tenant.inject("get_endpoint:lying-total=-300");
            int endpoints = tenant.population().day(0).endpointCount();
            Completeness complete = fetch(tenant);
            assertThat(complete.counts()).containsEntry("endpoints", (long) endpoints);
            assertThat(complete.missing()).hasSize(1);
        }
    }

    @Test
    void aStreamThatStaysShortIsKeptAndReported() throws Exception {
        try (CortexXdrSimulator tenant = tenantWithManyCves(1_150)) {
            tenant.inject("get_query_results_stream:truncate=700");
            Completeness complete = fetch(tenant);
            assertThat(complete.missing()).hasSize(1);
            assertThat(complete.missing().getFirst()).contains("rows of va_cves, 700 were received");
        }
    }

    @Test
    void aMalformedLineIsSetAsideAndTheOthersCount() throws Exception {
        try (CortexXdrSimulator tenant = tenantWithManyCves(1_150)) {
            tenant.inject("get_query_results_stream:malformed=5");
            assertThat(fetch(tenant).missing()).isEmpty();
            cvesByEndpoint(16 << 20);
            assertThat(rejected).singleElement().satisfies(row -> {
                assertThat(row.stream()).isEqualTo("va_cves");
                assertThat(row.row()).isEqualTo(5);
                assertThat(row.reason()).startsWith("The line is not JSON");
            });
        }
    }

    @Test
    void withoutHostInsightsTheHostsArriveWithAWarning() throws Exception {
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(7, 150, 40)).withHostInsights(HostInsights.NOT_ENABLED))) {
            assertThat(fetch(tenant).missing()).isEmpty();
            assertThat(run.warnings).singleElement().asString().contains("Host Insights");
            try (SourceRecords records =
                    TestSettings.connector().openRecords(pages, new RecordOptions(1 << 20, work), rejected::add)) {
                assertThat(records.sharedItemsKnown()).isFalse();
            }
        }
    }

    @Test
    void withoutLicenceForQueriesTheHostsArriveAndTheRestIsReported() throws Exception {
        try (CortexXdrSimulator tenant = CortexXdrSimulator.start(
                SimulatorSettings.of(new PopulationSettings(7, 150, 40)).withHostInsights(HostInsights.NOT_LICENSED))) {
            Completeness complete = fetch(tenant);
            assertThat(complete.counts()).containsEntry("endpoints", (long)
                    tenant.population().day(0).endpointCount());
            assertThat(complete.missing()).containsExactly("The vulnerabilities (dataset va_cves) were not received.");
            assertThat(run.failures.get("va_cves").kind()).isEqualTo(FailureKind.LICENCE);
            assertThat(run.failures.get("va_cves").fatal()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start_xql_query@1:fail", "start_xql_query@1:quota"})
    void aQueryThatFailsLeavesTheHostsAlone(String fault) throws Exception {
        try (CortexXdrSimulator tenant = tenant(150)) {
            tenant.inject(fault);
            Completeness complete = fetch(tenant);
            assertThat(complete.counts()).containsEntry("endpoints", (long)
                    tenant.population().day(0).endpointCount());
            assertThat(complete.missing()).containsExactly("The vulnerabilities (dataset va_cves) were not received.");
            assertThat(run.calls).containsEntry("start_xql_query", 1);
        }
    }

    @Test
    void aConnectionForHostsAloneSendsNoQuery() throws Exception {
        try (CortexXdrSimulator tenant = tenant(150)) {
            CortexXdrConnector connector = TestSettings.connector();
            Completeness complete = run.run(
                    connector.openFetch(TestSettings.hostsOnly(TestSettings.settings(tenant.baseUrl())), run), pages);
            assertThat(complete.missing()).isEmpty();
            assertThat(run.calls).containsOnlyKeys("get_endpoint");
        }
    }

    @Test
    void aFetchThatWasCutOffAsksOnlyForWhatIsMissing() throws Exception {
        try (CortexXdrSimulator tenant = tenant(1_150)) {
            fetch(tenant);
            int all = run.calls.get("get_endpoint");
            pages.remove("endpoints", "p000000000198");
            pages.remove("endpoints", "p000000000594");
            run.calls.clear();
            assertThat(fetch(tenant).missing()).isEmpty();
            assertThat(all).isGreaterThan(10);
            assertThat(run.calls).isEqualTo(Map.of("get_endpoint", 2));
        }
    }

    @Test
    void aTenantThatGivesNeitherAListNorACountProvesNothing() throws Exception {
        try (CortexXdrSimulator tenant = tenant(350)) {
            tenant.inject("get_endpoint:null=endpoints");
            tenant.inject("get_endpoint:no-total");
            assertThat(fetch(tenant).missing())
                    .anySatisfy(reason -> assertThat(reason).contains("without a list of hosts"));
        }
    }

    @Test
    void aGapThatCannotBeReadAgainIsNamed() throws Exception {
        try (CortexXdrSimulator tenant = tenant(350)) {
            tenant.inject("get_endpoint@2+:null=endpoints");
            tenant.inject("get_endpoint:no-total");
            assertThat(fetch(tenant).missing())
                    .anySatisfy(reason -> assertThat(reason).contains("nothing proves that no host is missing"));
        }
    }

    @Test
    void aCountThatMovesWhileItIsReadDoesNotSpoilTheProof() throws Exception {
        try (CortexXdrSimulator tenant = tenant(350)) {
            tenant.inject("get_endpoint@2:lying-total=-7");
            assertThat(fetch(tenant).missing()).isEmpty();
        }
    }

    @Test
    void hostsOfOneNameThatCannotBeToldApartAreReported() throws Exception {
        try (CortexXdrSimulator tenant = tenant(1_150)) {
            tenant.inject("start_xql_query@2+:fail");
            Completeness complete = fetch(tenant);
            assertThat(complete.missing()).singleElement().asString().contains("share their name");
            assertThat(run.warnings).isNotEmpty();
            Map<String, Set<String>> truth = truth(tenant.population().day(0));
            cvesByEndpoint(16 << 20).forEach((id, cves) -> assertThat(cves).containsAll(truth.get(id)));
        }
    }

    @Test
    void aHostIsFoundByItsKeyAsThePassShowsIt() throws Exception {
        try (CortexXdrSimulator tenant = tenant(350)) {
            fetch(tenant);
            try (SourceRecords records =
                    TestSettings.connector().openRecords(pages, new RecordOptions(1 << 20, work), rejected::add)) {
                int count = 0;
                for (Iterator<SourceRecord> all = records.records(); all.hasNext(); count++) {
                    SourceRecord record = all.next();
                    if (count % 50 == 0) {
                        SourceRecord found = records.find(record.nativeKey()).orElseThrow();
                        assertThat(found.document()).isEqualTo(record.document());
                        assertThat(found.sharedItems()).isEqualTo(record.sharedItems());
                    }
                }
                assertThat(records.recordCount()).isEqualTo(count);
                assertThat(records.find("ffffffffffffffffffffffffffffffff")).isEmpty();
            }
        }
    }
}

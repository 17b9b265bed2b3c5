// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.FindingType;
import org.etmconnect.inventory.quarantine.KeptThing;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.quarantine.Quarantined;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.simulator.ApiKey;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.population.Severity;
import org.etmconnect.simulator.population.Truth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyncTest {

    @TempDir
    Path directory;

    @Test
    void countsEqualTheTenantsOwnTruthOverThreeDays() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 2_000, 50)) {
            List<Truth> truths = Truth.over(tenant.simulator.population(), List.of(0, 1, 2), Truth.Dismissed.LEFT_OUT);
            for (Truth truth : truths) {
                tenant.simulator.moveToDay(truth.day());

                Run run = tenant.run();

                assertThat(run.state())
                        .as("%s %s", run, tenant.runs.log(run.id()))
                        .isEqualTo(RunState.PROCESSED);
                assertThat(run.sealed()).isTrue();
                assertEqual(tenant, run, truth);
            }
        }
    }

    @Test
    void aRunOverAnUnchangedTenantReportsEverythingUnchangedAndWritesNothing() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 20)) {
            Run first = tenant.run();
            String before = fingerprint(tenant);

            Run second = tenant.run();

            assertThat(second.counts().assetsUnchanged())
                    .isEqualTo(first.counts().assetsNew());
            assertThat(second.counts().findingsUnchanged())
                    .isEqualTo(first.counts().findingsNew());
            assertThat(second.counts().assetsNew()
                            + second.counts().assetsUpdated()
                            + second.counts().assetsRetired()
                            + second.counts().findingsNew()
                            + second.counts().findingsFixed()
                            + second.counts().findingsReopened()
                            + second.counts().definitionsNew()
                            + second.counts().definitionsUpdated()
                            + second.counts().quarantined())
                    .isZero();
            assertThat(fingerprint(tenant)).isEqualTo(before);
            assertThat(tenant.number("select min(last_seen_run) from source_record_seen"))
                    .isEqualTo(second.id());
        }
    }

    @Test
    void aNewDaysHeartbeatsAloneChangeNothing() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 20)) {
            tenant.run();
            tenant.simulator.moveToDay(1);
            Truth truth = Truth.over(tenant.simulator.population(), List.of(0, 1), Truth.Dismissed.LEFT_OUT)
                    .getLast();

            Run run = tenant.run();

            assertThat(run.counts().assetsUnchanged()).isGreaterThan(truth.assets() * 9 / 10);
        }
    }

    @Test
    void faultsThatPassCostRetriesAndNothingElse() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 500, 20)) {
            tenant.simulator.inject("get_endpoint@2-3:503");
            tenant.simulator.inject("get_endpoint@5:429");
            tenant.simulator.inject("get_query_results@1:503");
            Truth truth = Truth.over(tenant.simulator.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                    .getFirst();

            Run run = tenant.run();

            assertThat(run.state()).as("%s", tenant.runs.log(run.id())).isEqualTo(RunState.PROCESSED);
            assertThat(run.counts().throttled()).isGreaterThan(0);
            assertEqual(tenant, run, truth);
        }
    }

    @Test
    void aRunThatCannotReadTheVulnerabilitiesTakesTheHostsAndClosesNothing() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 20)) {
            Run first = tenant.run();
            tenant.simulator.moveToDay(1);
            tenant.simulator.inject("start_xql_query:quota");

            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(run.missing()).anySatisfy(reason -> assertThat(reason).contains("quota"));
            assertThat(run.counts().assetsRetired() + run.counts().findingsFixed())
                    .isZero();
            assertThat(tenant.number("select sum(open_findings) from definition_count"))
                    .isEqualTo(first.counts().findingsNew());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"start_xql_query@2+:fail", "start_xql_query@2:empty"})
    void hostsOfOneNameThatCannotBeToldApartOpenNothingThatTheNextRunTakesBack(String fault) throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_000, 20)) {
            tenant.simulator.inject(fault);
            tenant.run();

            tenant.simulator.clearFaults();
            Run second = tenant.run();

            Truth truth = Truth.over(tenant.simulator.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                    .getFirst();
            assertThat(second.state()).isEqualTo(RunState.PROCESSED);
            assertThat(second.counts().findingsFixed()).isZero();
            assertThat(second.counts().findingsNew()).isPositive();
            assertState(tenant, truth);
        }
    }

    @Test
    void aTruncatedStreamClosesNothingAndTheNextRunMakesItGood() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 200, 100)) {
            tenant.run();
            long open = tenant.number("select sum(open_findings) from definition_count");
            tenant.simulator.moveToDay(1);
            tenant.simulator.inject("get_query_results_stream:truncate=100");

            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(run.counts().findingsFixed()).isZero();
            assertThat(tenant.number("select sum(open_findings) from definition_count"))
                    .isGreaterThanOrEqualTo(open);

            tenant.simulator.clearFaults();
            Run good = tenant.run();
            Truth truth = Truth.over(tenant.simulator.population(), List.of(0, 1), Truth.Dismissed.LEFT_OUT)
                    .getLast();
            assertThat(good.state()).isEqualTo(RunState.PROCESSED);
            assertState(tenant, truth);
        }
    }

    @Test
    void aLineThatCannotBeReadGoesToQuarantineAndTheRestGoesOn() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 200, 100)) {
            tenant.simulator.inject("get_query_results_stream:malformed=7");

            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(run.counts().quarantined()).isEqualTo(1);
            Quarantined thing = new QuarantineStore(tenant.database())
                    .list(run.id(), EnumSet.allOf(KeptThing.State.class), 0, 10)
                    .getFirst()
                    .thing();
            assertThat(thing.stage()).isEqualTo(Quarantined.Stage.READ);
            assertThat(thing.row()).isEqualTo(7);
            assertThat(run.counts().findingsNew()).isGreaterThan(1_000);
        }
    }

    @Test
    void aTenantThatReportsNoVulnerabilitiesAtAllLeavesFindingsAsTheyAre() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 200, 20)) {
            tenant.run();
            long open = tenant.number("select sum(open_findings) from definition_count");
            tenant.simulator.inject("start_xql_query:empty");
            tenant.simulator.inject("get_query_results:empty");

            Run run = tenant.run();

            assertThat(run.state()).as("%s", tenant.runs.log(run.id())).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.number("select sum(open_findings) from definition_count"))
                    .isEqualTo(open);
            assertThat(tenant.runs.log(run.id())).anySatisfy(line -> {
                assertThat(line.level()).isEqualTo(LogLine.Level.WARNING);
                assertThat(line.message()).contains("Host Insights");
            });
        }
    }

    @Test
    void hostsThatShiftWhileTheyAreReadAreNotLost() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_500, 5)) {
            tenant.simulator.inject("get_endpoint@4-9:shift=3");

            Run run = tenant.run();

            assertThat(run.counts().assetsNew()).isGreaterThanOrEqualTo(1_480);
            assertThat(run.state()).as("%s", run.missing()).isIn(RunState.PROCESSED, RunState.PROCESSED_INCOMPLETE);
        }
    }

    @Test
    void aWrongKeyFailsTheRunAndSaysWhatToDo() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(
                directory,
                SimulatorSettings.of(new PopulationSettings(1, 10, 2))
                        .withKeys(List.of(ApiKey.standard("1", "another-key"))),
                Set.of(FindingType.values()))) {
            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.FAILED);
            assertThat(run.failure().orElseThrow().kind()).isEqualTo(FailureKind.AUTHENTICATION);
            assertThat(run.toString() + tenant.runs.log(run.id())).doesNotContain(SimulatorSettings.DEFAULT_KEY);
        }
    }

    @Test
    void aConnectionThatTakesHostAssetsOnlyAsksForNoVulnerabilities() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(
                directory, SimulatorSettings.of(new PopulationSettings(1, 200, 20)), Set.of(FindingType.HOST_ASSET))) {
            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.PROCESSED);
            assertThat(run.counts().assetsNew()).isEqualTo(tenant.number("select count(*) from asset"));
            assertThat(run.counts().findingsNew()).isZero();
            assertThat(tenant.simulator.requests().toString()).doesNotContain("start_xql_query");
        }
    }

    @Test
    void aRunThatTheServersEndCutOffGoesOnAtItsNextStart() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 2_000, 5)) {
            tenant.simulator.inject("get_endpoint@8+:slow=150");
            int runId =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            while (tenant.snapshots
                            .openOrCreate(tenant.connection.id(), runId)
                            .pages("endpoints")
                            .size()
                    < 6) {
                Thread.sleep(10);
            }

            tenant.restart();
            tenant.simulator.clearFaults();
            Run run = tenant.await(runId);

            assertThat(run.state()).as("%s", tenant.runs.log(runId)).isEqualTo(RunState.PROCESSED);
            Truth truth = Truth.over(tenant.simulator.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                    .getFirst();
            assertEqual(tenant, run, truth);
        }
    }

    @Test
    void aCancelledRunEndsAndTheNextOneStarts() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 2_000, 5)) {
            tenant.simulator.inject("get_endpoint:slow=200");
            int first =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            int second =
                    tenant.sync().queue(tenant.profile(), Run.Trigger.MANUAL).id();
            assertThat(tenant.runs.find(second).orElseThrow().state()).isEqualTo(RunState.QUEUED);

            assertThat(tenant.sync().cancel(first)).isTrue();
            tenant.simulator.clearFaults();

            assertThat(tenant.await(first).state()).isEqualTo(RunState.CANCELLED);
            assertThat(tenant.await(second).state()).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.sync().cancel(second)).isFalse();
        }
    }

    @Test
    void aMapWhoseFindingsDependOnTheHostGivesTheSameFindingsAndStaysUnchanged() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 700, 10)) {
            tenant.useMap(
                    "Named by host",
                    shipped -> shipped.replace(
                            "    target: finding[].name\n",
                            "    target: finding[].name\n    expression: record.endpoint_name + ' ' + value\n"));
            Truth truth = Truth.over(tenant.simulator.population(), List.of(0), Truth.Dismissed.LEFT_OUT)
                    .getFirst();

            Run first = tenant.run();
            Run second = tenant.run();

            assertThat(first.state()).as("%s", tenant.runs.log(first.id())).isEqualTo(RunState.PROCESSED);
            assertThat(first.transformMapVersion()).contains(1);
            assertEqual(tenant, first, truth);
            assertThat(first.counts().definitionsNew()).isEqualTo(truth.openFindings());
            assertThat(tenant.number("select count(*) from definition join source_record on native_key = variant"
                            + " join asset using (asset_id) where title = name || ' ' || cve_id"))
                    .isEqualTo(truth.openFindings());
            assertThat(second.counts().findingsUnchanged()).isEqualTo(truth.openFindings());
            assertThat(second.counts().definitionsUpdated()).isZero();
        }
    }

    @Test
    void theKeyIsNowhereInTheSnapshot() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 50, 5)) {
            tenant.run();
            try (var files = Files.walk(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                            .as(file.toString())
                            .doesNotContain(SimulatorSettings.DEFAULT_KEY);
                }
            }
        }
    }

    private static void assertEqual(TenantUnderTest tenant, Run run, Truth truth) throws SQLException {
        assertThat(Map.of(
                        "assets new", run.counts().assetsNew(),
                        "assets returned", run.counts().assetsReturned(),
                        "assets retired", run.counts().assetsRetired(),
                        "findings new", run.counts().findingsNew(),
                        "findings reopened", run.counts().findingsReopened(),
                        "findings fixed", run.counts().findingsFixed(),
                        "quarantined", run.counts().quarantined()))
                .as("day %d", truth.day())
                .isEqualTo(Map.of(
                        "assets new", truth.assetsNew(),
                        "assets returned", truth.assetsReturned(),
                        "assets retired", truth.assetsRetired(),
                        "findings new", truth.newFindings(),
                        "findings reopened", truth.reopenedFindings(),
                        "findings fixed", truth.fixedFindings(),
                        "quarantined", 0L));
        assertState(tenant, truth);
    }

    private static void assertState(TenantUnderTest tenant, Truth truth) throws SQLException {
        assertThat(tenant.number("select count(*) from asset where retired_run is null"))
                .isEqualTo(truth.assets());
        assertThat(tenant.number("select coalesce(sum(cardinality(definitions)), 0) from finding_cohort"
                        + " where fixed_run is null"))
                .isEqualTo(truth.openFindings());
        Map<String, Long> bySeverity = new TreeMap<>();
        for (Severity severity : Severity.values()) {
            long open = tenant.number("select coalesce(sum(open_findings), 0) from definition"
                    + " join definition_count using (definition_id) where source_severity = '" + severity.name() + "'");
            bySeverity.put(severity.name(), open);
        }
        assertThat(bySeverity)
                .isEqualTo(truth.openBySeverity().entrySet().stream()
                        .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue)));
    }

    /** Where every row of the inventory lies and who wrote it: the same only if nothing was written. */
    private static String fingerprint(TenantUnderTest tenant) throws SQLException {
        StringBuilder all = new StringBuilder();
        for (String table : List.of(
                "asset", "source_record", "finding_cohort", "definition", "definition_count", "identification_log")) {
            all.append(tenant.text(
                    "select md5(string_agg(t.ctid::text || t.xmin::text, ',' order by t.ctid)) from " + table + " t"));
        }
        return all.toString();
    }
}

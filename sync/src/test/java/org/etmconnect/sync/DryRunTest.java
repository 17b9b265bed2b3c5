// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.inventory.apply.HeldClosures;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.MappedRecord;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DryRunTest {

    @TempDir
    Path directory;

    private static TransformMap map(TenantUnderTest tenant, UnaryOperator<String> change) {
        String yaml = change.apply(tenant.maps().shipped().getFirst().yaml());
        return ((MapReading.Read) MapYaml.read(yaml)).map();
    }

    private static DryRun started(TenantUnderTest tenant, DryRuns dryRuns, TransformMap map) {
        return ((DryRuns.Start.Accepted)
                        dryRuns.start(tenant.saved(), tenant.connector(), map, Optional.empty(), "mira"))
                .dryRun();
    }

    private static DryRun await(DryRuns dryRuns, int id) throws InterruptedException {
        for (int tries = 0; tries < 3_000; tries++) {
            DryRun now = dryRuns.find(id).orElseThrow();
            if (now.state().ended()) {
                return now;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("Did not end: " + dryRuns.find(id));
    }

    private static DryRunResult result(TenantUnderTest tenant, TransformMap map) throws InterruptedException {
        try (DryRuns dryRuns = tenant.dryRuns()) {
            DryRun ended = await(dryRuns, started(tenant, dryRuns, map).id());
            assertThat(ended.state()).as("%s", ended.failure()).isEqualTo(DryRun.State.DONE);
            return ended.result().orElseThrow();
        }
    }

    /** Counts that do not depend on what was fetched. */
    private static RunCounts applied(RunCounts counts) {
        return new RunCounts(
                counts.assetsNew(),
                counts.assetsUpdated(),
                counts.assetsUnchanged(),
                counts.assetsRetired(),
                counts.assetsReturned(),
                counts.findingsNew(),
                counts.findingsReopened(),
                counts.findingsFixed(),
                counts.findingsUnchanged(),
                counts.definitionsNew(),
                counts.definitionsUpdated(),
                counts.quarantined(),
                0,
                0,
                0,
                counts.recordsRead());
    }

    /** The forecast is what a replay then does, and writes nothing itself. */
    private static DryRunResult forecastThenReplay(TenantUnderTest tenant, UnaryOperator<String> change)
            throws Exception {
        // A run says what it did after it has ended.
        while (tenant.number("select count(*) from run_log where message like 'Assets: %'") == 0) {
            Thread.sleep(10);
        }
        String before = tenant.everyRow();
        String requests = tenant.simulator.requests().toString();

        DryRunResult result = result(tenant, map(tenant, change));

        assertThat(tenant.everyRow()).isEqualTo(before);
        assertThat(tenant.simulator.requests().toString()).isEqualTo(requests);
        tenant.useMap("Changed", change);
        Run replay = tenant.await(tenant.sync()
                .replay(tenant.profile(), "Changed", Optional.empty())
                .orElseThrow()
                .id());
        HeldClosures held = new HeldClosures(tenant.database(), Clock.systemUTC());
        if (held.of(List.of(replay.id())).containsKey(replay.id())) {
            assertThat(held.confirm(replay.id(), "test")).isInstanceOf(HeldClosures.Outcome.Done.class);
            replay = tenant.runs.find(replay.id()).orElseThrow();
        }
        assertThat(replay.state()).as("%s", tenant.runs.log(replay.id())).isEqualTo(RunState.PROCESSED);
        assertThat(result.changes().counts()).isEqualTo(applied(replay.counts()));
        return result;
    }

    @Test
    void theMapInUseChangesNothingAndFillsItsFields() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 150, 10)) {
            Run run = tenant.run();

            DryRunResult result = result(tenant, map(tenant, yaml -> yaml));

            assertThat(result.runId()).isEqualTo(run.id());
            assertThat(result.missing()).isEmpty();
            assertThat(result.hostDependent()).isFalse();
            assertThat(result.changes().counts().assetsUnchanged())
                    .isEqualTo(run.counts().assetsNew());
            assertThat(result.changes().counts().findingsUnchanged())
                    .isEqualTo(run.counts().findingsNew());
            assertThat(result.changes().assetFields()).isEmpty();
            assertThat(result.changes().definitionFields()).isEmpty();
            assertThat(result.fill()).contains(new DryRunResult.Fill("externalAssetId", true, false, 150, 150));
            assertThat(result.fill()).anySatisfy(fill -> {
                assertThat(fill.target()).isEqualTo("finding[].severity");
                assertThat(fill.ofFindings()).isTrue();
                assertThat(fill.filled()).isEqualTo(fill.of()).isPositive();
            });
            assertThat(result.fill()).anySatisfy(fill -> {
                assertThat(fill.mapped()).isFalse();
                assertThat(fill.filled()).isZero();
            });
            assertThat(Files.list(directory.resolve("work"))
                            .filter(path -> path.toString().contains("dry-run")))
                    .isEmpty();
        }
    }

    @Test
    void changedSeveritiesAndNamesAreForecastAsAReplayMakesThem() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 150, 10)) {
            tenant.run();

            DryRunResult result = forecastThenReplay(
                    tenant,
                    shipped -> shipped.replace("LOW: 2", "LOW: 3")
                            .replace(
                                    "    target: hostName\n",
                                    "    target: hostName\n    expression: '\"x-\" + value'\n"));

            assertThat(result.changes().counts().definitionsUpdated()).isPositive();
            assertThat(result.changes().findingsOfChangedDefinitions()).isPositive();
            assertThat(result.changes().definitionFields()).singleElement().satisfies(field -> {
                assertThat(field.target()).isEqualTo("severity");
                assertThat(field.examples().getFirst().before().orElseThrow().asInt())
                        .isEqualTo(2);
                assertThat(field.examples().getFirst().after().orElseThrow().asInt())
                        .isEqualTo(3);
            });
            assertThat(result.changes().assetFields()).singleElement().satisfies(field -> {
                assertThat(field.target()).isEqualTo("hostName");
                assertThat(field.documents())
                        .isEqualTo(result.changes().counts().assetsUpdated());
            });
        }
    }

    @Test
    void anotherKeyIsForecastWithItsMergesAndSplitsAsAReplayMakesThem() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 400, 5)) {
            tenant.run();

            DryRunResult result = forecastThenReplay(
                    tenant,
                    shipped -> shipped.replace(
                            "    target: externalAssetId\n",
                            "    target: externalAssetId\n    expression: '\"k-\" + value'\n"));

            assertThat(result.changes().counts().assetsRetired()).isEqualTo(400);
            assertThat(result.changes().counts().assetsNew()
                            + result.changes().counts().assetsUpdated())
                    .isEqualTo(400);
            // Hosts that go to an asset which only they have are moves, not merges; what was one asset of several
            // records
            // and is now several assets is split.
            assertThat(result.changes().split()).isEqualTo(tenant.number("""
                    select count(*) from (
                        select old.asset_id from source_record old
                        join source_record anew on anew.native_key = 'k-' || old.native_key
                        group by old.asset_id having count(distinct anew.asset_id) > 1) split_assets"""));
            assertThat(result.changes().merged()).isEqualTo(tenant.number("""
                    select count(*) from (
                        select anew.asset_id from source_record anew
                        join source_record old on anew.native_key = 'k-' || old.native_key
                        group by anew.asset_id having count(distinct old.asset_id) > 1) merged_assets"""));
        }
    }

    @Test
    void hostsThatAMapGivesTheSameKeyAreRejectedAndTheRunGoesOn() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 5)) {
            tenant.run();

            DryRunResult result = forecastThenReplay(
                    tenant,
                    shipped -> shipped.replace(
                            "    target: externalAssetId\n",
                            "    target: externalAssetId\n    expression: value.substring(0, 2)\n"));

            assertThat(result.changes().counts().quarantined()).isPositive();
            assertThat(result.failures()).singleElement().satisfies(failing -> {
                assertThat(failing.row()).isEqualTo(1);
                assertThat(failing.examples().getFirst().reason())
                        .contains("another host of the snapshot has this key");
            });
        }
    }

    @Test
    void theFormerKeyOfEveryHostOfABatchIsKnownWhereverBatchesAreCutWhileTheNextIsRead() {
        CortexXdrConnector connector = new CortexXdrConnector();
        TransformMap map =
                ((MapReading.Read) MapYaml.read(connector.defaultTransformMaps().getFirst())).map();
        TransformPlan plan = ((Compilation.Compiled)
                        TransformPlan.compile(map, connector.sourceModel(), EtmHostAsset.model(), "cves"))
                .plan();
        Survey survey = new Survey(Optional.of(plan), 2);
        for (String key : List.of("a", "b", "c", "d", "e")) {
            ObjectNode host = JsonMapper.shared().createObjectNode().put("endpoint_id", key);
            survey.record(
                    new SourceRecord(key, host, new int[0]),
                    new MappedRecord.Mapped("k-" + key, JsonMapper.shared().createObjectNode()));
        }

        for (String key : List.of("b", "c", "d", "e")) {
            assertThat(survey.formerKey("k-" + key)).contains(key);
        }
        assertThat(survey.formerKey("k-a")).isEmpty();
    }

    @Test
    void findingsThatComeToDependOnTheHostAreSaidToBeClosedAndOpenedAnew() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 100, 10)) {
            Run run = tenant.run();

            DryRunResult result = forecastThenReplay(
                    tenant,
                    shipped -> shipped.replace(
                            "    target: finding[].name\n",
                            "    target: finding[].name\n    expression: record.endpoint_name + ' ' + value\n"));

            assertThat(result.hostDependent()).isTrue();
            assertThat(result.warnings())
                    .anySatisfy(warning -> assertThat(warning.text()).contains("depend on the host"));
            assertThat(result.changes().counts().findingsFixed())
                    .isEqualTo(run.counts().findingsNew());
            assertThat(result.changes().counts().findingsNew())
                    .isEqualTo(run.counts().findingsNew());
        }
    }

    @Test
    void valuesThatFailAreCountedByRowWithExamples() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 150, 10)) {
            tenant.run();

            DryRunResult result = forecastThenReplay(
                    tenant,
                    shipped -> shipped.replace(
                            "  - source: cves[].severity_score\n",
                            "  - source: cves[].severity\n    expression: 'value == \"LOW\" ? value : \"1.5\"'\n"));

            assertThat(result.failures()).singleElement().satisfies(failing -> {
                assertThat(failing.row()).isEqualTo(19);
                assertThat(failing.target()).isEqualTo("finding[].sourceRiskScore");
                assertThat(failing.count())
                        .isEqualTo(result.changes().counts().quarantined())
                        .isPositive();
                assertThat(failing.examples()).singleElement().satisfies(example -> {
                    assertThat(example.value()).isEqualTo("\"LOW\"");
                    assertThat(example.of()).startsWith("CVE-");
                });
            });
        }
    }

    @Test
    void aDryRunThatWaitsOrRunsIsCancelled() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_500, 20)) {
            tenant.run();
            TransformMap map = map(tenant, yaml -> yaml);
            try (DryRuns dryRuns = tenant.dryRuns()) {
                int running = started(tenant, dryRuns, map).id();
                int waiting = started(tenant, dryRuns, map).id();

                assertThat(dryRuns.cancel(waiting)).isTrue();
                assertThat(dryRuns.cancel(running)).isTrue();

                assertThat(await(dryRuns, running).state()).isEqualTo(DryRun.State.CANCELLED);
                assertThat(await(dryRuns, waiting).state()).isEqualTo(DryRun.State.CANCELLED);
                assertThat(dryRuns.cancel(running)).isFalse();
                assertThat(dryRuns.cancel(99)).isFalse();
                assertThat(dryRuns.all()).extracting(DryRun::id).containsExactly(waiting, running);
            }
        }
    }

    @Test
    void withoutASnapshotThereIsNothingToTryAMapOn() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 10, 2);
                DryRuns dryRuns = tenant.dryRuns()) {
            assertThat(dryRuns.start(
                            tenant.saved(), tenant.connector(), map(tenant, yaml -> yaml), Optional.empty(), "mira"))
                    .isEqualTo(new DryRuns.Start.NoSnapshot());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.inventory.quarantine.KeptThing;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.quarantine.Quarantined;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryTest {

    private static final Set<KeptThing.State> ALL = EnumSet.allOf(KeptThing.State.class);

    @TempDir
    Path directory;

    /** No severity for LOW, and a time out of range for servers. */
    private static String broken(String shipped) {
        return shipped.replace("LOW: 2, ", "").replace("    target: firstFoundDate\n", """
                    target: firstFoundDate
                    expression: 'record.endpoint_type == "AGENT_TYPE_SERVER" ? timestamp("1970-01-02T00:00:00Z") : value'
                """);
    }

    private static Run retry(TenantUnderTest tenant, Run of, Optional<Set<Integer>> ids) throws InterruptedException {
        return tenant.await(tenant.sync()
                .retry(tenant.profile(), of.id(), ids)
                .orElseThrow()
                .id());
    }

    @Test
    void whatAMapSpoiledIsAppliedByARetryWithTheMendedMapAndTheRestIsNotTouched() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 20)) {
            QuarantineStore quarantine = new QuarantineStore(tenant.database());
            tenant.useMap("Broken", RetryTest::broken);
            Run run = tenant.run();
            List<KeptThing> things = quarantine.list(run.id(), ALL, 0, 10_000);
            assertThat(things)
                    .extracting(kept -> kept.thing().stage())
                    .contains(Quarantined.Stage.RECORD, Quarantined.Stage.FINDING);
            long hosts = tenant.number("select count(*) from source_record");
            long servers = things.stream()
                    .filter(kept -> kept.thing().stage() == Quarantined.Stage.RECORD)
                    .count();

            Run again = retry(tenant, run, Optional.empty());

            assertThat(again.counts().quarantined()).isEqualTo(things.size());
            assertThat(again.counts().assetsNew()).isZero();
            assertThat(quarantine.counts(run.id())).isEqualTo(Map.of(KeptThing.State.OPEN, (long) things.size()));

            tenant.useMap("Mended", shipped -> shipped + "\n# the same\n");
            Run mended = retry(tenant, run, Optional.empty());

            assertThat(mended.state()).as("%s", tenant.runs.log(mended.id())).isEqualTo(RunState.PROCESSED);
            assertThat(mended.counts().quarantined()).isZero();
            assertThat(mended.counts().apiCalls()).isZero();
            assertThat(mended.counts().findingsFixed() + mended.counts().assetsRetired())
                    .isZero();
            assertThat(tenant.number("select count(*) from source_record")).isEqualTo(hosts + servers);
            assertThat(quarantine.counts(run.id())).isEqualTo(Map.of(KeptThing.State.RESOLVED, (long) things.size()));
            assertThat(quarantine.list(run.id(), ALL, 0, 1).getFirst().resolvedRun())
                    .contains(mended.id());

            Run next = tenant.run();

            assertThat(next.counts().assetsNew()
                            + next.counts().findingsNew()
                            + next.counts().findingsReopened())
                    .as("nothing was left for the next run to find")
                    .isZero();
        }
    }

    @Test
    void oneHostIsTriedAgainAndTheOthersStayInQuarantine() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 5)) {
            QuarantineStore quarantine = new QuarantineStore(tenant.database());
            tenant.useMap("Broken", RetryTest::broken);
            Run run = tenant.run();
            long hosts = tenant.number("select count(*) from source_record");
            KeptThing one = quarantine.list(run.id(), ALL, 0, 10_000).stream()
                    .filter(kept -> kept.thing().stage() == Quarantined.Stage.RECORD)
                    .findFirst()
                    .orElseThrow();
            tenant.useMap("Mended", shipped -> shipped + "\n# the same\n");

            Run again = retry(tenant, run, Optional.of(Set.of(one.id())));

            assertThat(again.state()).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.number("select count(*) from source_record")).isEqualTo(hosts + 1);
            assertThat(quarantine.counts(run.id()).get(KeptThing.State.RESOLVED))
                    .isEqualTo(1);
            assertThat(quarantine.list(run.id(), Set.of(KeptThing.State.RESOLVED), 0, 10))
                    .extracting(KeptThing::id)
                    .containsExactly(one.id());
        }
    }

    @Test
    void whatIsDismissedStaysSoInLaterRunsUntilItFailsForAnotherReasonOrIsTakenBack() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 5)) {
            QuarantineStore quarantine = new QuarantineStore(tenant.database());
            tenant.useMap("Broken", RetryTest::broken);
            Run first = tenant.run();
            int all = quarantine.list(first.id(), ALL, 0, 10_000).size();

            assertThat(quarantine.dismiss(first.id(), Optional.empty(), "mira", "known"))
                    .isEqualTo(all);

            Run second = tenant.run();
            assertThat(quarantine.counts(second.id())).isEqualTo(Map.of(KeptThing.State.DISMISSED, (long) all));
            KeptThing one = quarantine.list(second.id(), ALL, 0, 1).getFirst();
            assertThat(one.dismissal().orElseThrow().note()).isEqualTo("known");
            assertThat(quarantine.restore(second.id(), Optional.of(Set.of(one.id()))))
                    .isEqualTo(1);
            assertThat(quarantine.counts(first.id()).get(KeptThing.State.OPEN)).isEqualTo(1);
            tenant.useMap(
                    "Otherwise broken",
                    shipped -> broken(shipped)
                            .replace("rows:\n", "rows:\n  - {source: alias, target: temp_q_customAttributes.alias}\n"));

            Run third = tenant.run();

            assertThat(quarantine.list(third.id(), Set.of(KeptThing.State.OPEN), 0, 10_000))
                    .filteredOn(kept -> kept.thing().stage() == Quarantined.Stage.RECORD)
                    .hasSameSizeAs(quarantine.list(third.id(), ALL, 0, 10_000).stream()
                            .filter(kept -> kept.thing().stage() == Quarantined.Stage.RECORD)
                            .toList());
        }
    }
}

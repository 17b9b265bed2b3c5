// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.runs.LogLine;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunShapes;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunWarning;
import org.etmconnect.sync.shape.SeenFields;
import org.etmconnect.transform.Compilation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What runs tell of a tenant whose answers change their shape. */
class ContractWatchTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            get_endpoint:drop=os_version | FIELD_VANISHED | endpoints | os_version | was filled in all of the records and is in none of 300 now. Row 4 of the transform map
            get_endpoint:set=os_version:null | FIELD_VANISHED | endpoints | os_version | is in none of 300 now
            get_query_results:drop=severity_score | FIELD_VANISHED | va_cves | cves[].severity_score | Row 19 of the transform map
            get_endpoint@1:drop=none | none | | |
            get_endpoint:set=endpoint_version:8.7 | KIND_CHANGED | endpoints | endpoint_version | was text and is a number in 300 of 300 records now. No row of the transform map
            get_endpoint:reform=os_version | KIND_CHANGED | endpoints | os_version | was text and is a list of texts in 300 of 300 records
            get_endpoint:reform=mac_address | KIND_CHANGED | endpoints | mac_address | was a list of texts and is text
            get_endpoint:set=first_seen:yesterday | KIND_CHANGED | endpoints | first_seen | was a time and is text
            get_query_results:reform=affected_hosts | KIND_CHANGED | va_cves | cves[].affected_hosts | was a list of texts and is text
            get_endpoint:set=endpoint_status:QUARANTINED | VALUE_UNKNOWN | endpoints | endpoint_status | has the value "QUARANTINED" in 300 of 300 records, which neither the vendor's documents nor earlier runs know
            get_query_results:set=severity:BLOCKER | VALUE_UNKNOWN | va_cves | cves[].severity | Rows 16, 20 of the transform map "Cortex XDR Transformation Map (Vulnerabilities)" read it: see whether it has to translate
            get_endpoint:set=risk_score:37 | FIELD_NEW | endpoints | risk_score | (a number, such as "37") is in all of the records and not in the data model
            get_endpoint:set=geo:{"city":"Bern"} | FIELD_NEW | endpoints | geo | (an object) is in all
            """)
    void eachChangeOfTheAnswersIsToldOnceBeforeAnythingIsMadeOfThem(
            String fault, String kind, String stream, String field, String words) throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 10)) {
            Run first = tenant.run();
            assertThat(warnings(tenant, first)).isEmpty();
            tenant.simulator.inject(fault);

            Run run = tenant.run();

            List<RunWarning> warnings = warnings(tenant, run);
            if (kind.equals("none")) {
                assertThat(warnings).isEmpty();
                return;
            }
            assertThat(warnings).singleElement().satisfies(warning -> {
                assertThat(warning.kind()).isEqualTo(RunWarning.Kind.valueOf(kind));
                assertThat(warning.stream()).isEqualTo(stream);
                assertThat(warning.field()).isEqualTo(field);
                assertThat(warning.message())
                        .startsWith(stream + ": \"" + field + "\"")
                        .contains(words);
            });
            List<String> log = tenant.runs.log(run.id()).stream()
                    .filter(line -> (line.level() == LogLine.Level.INFO) == kind.equals("FIELD_NEW"))
                    .map(LogLine::message)
                    .toList();
            assertThat(log).contains(warnings.getFirst().message());
            if (run.state() == RunState.PROCESSED) {
                assertThat(warnings(tenant, tenant.run())).isEmpty();
            }
        }
    }

    @Test
    void daysThatGoTheirWayGiveNoWarning() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 2_500, 40)) {
            for (int day = 0; day < 3; day++) {
                tenant.simulator.moveToDay(day);
                Run run = tenant.run();
                assertThat(run.state()).isEqualTo(RunState.PROCESSED);
                assertThat(warnings(tenant, run)).as("day %d", day).isEmpty();
            }
        }
    }

    @Test
    void answersOfOldAndNewFormThatStayMixedGiveNoWarning() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 1_000, 10)) {
            tenant.simulator.inject("get_endpoint@40%/3:null=tags");
            tenant.simulator.inject("get_endpoint@30%/5:drop=os_version");
            tenant.simulator.inject("get_endpoint@50%/7:text-numbers");
            tenant.simulator.inject("get_endpoint@50%/9:reform=users");
            for (int day = 0; day < 3; day++) {
                tenant.simulator.moveToDay(day);
                assertThat(warnings(tenant, tenant.run())).as("day %d", day).isEmpty();
            }
        }
    }

    @Test
    void aTenantThatLostMostOfItsHostsIsToldOfBeforeTheyAreRetired() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 400, 5)) {
            tenant.run();
            tenant.simulator.inject("get_endpoint@1:shift=-150");
            // the first window is read before they are gone, and says so
            Run run = tenant.run();
            Run next = tenant.run();

            assertThat(List.of(warnings(tenant, run), warnings(tenant, next)))
                    .anySatisfy(warnings -> assertThat(warnings).singleElement().satisfies(warning -> {
                        assertThat(warning.kind()).isEqualTo(RunWarning.Kind.COUNT_FAR);
                        assertThat(warning.stream()).isEqualTo("endpoints");
                        assertThat(warning.message())
                                .contains("250 rows", "it had 400", "API key's role or scope was narrowed");
                    }));
        }
    }

    @Test
    void aTenantWithoutVulnerabilitiesThatHadManyIsToldOf() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 300, 20)) {
            tenant.run();
            tenant.simulator.inject("start_xql_query:empty");

            assertThat(warnings(tenant, tenant.run()))
                    .extracting(RunWarning::kind, RunWarning::stream)
                    .containsExactly(tuple(RunWarning.Kind.COUNT_FAR, "va_cves"));
        }
    }

    @Test
    void aFirstRunIsComparedWithTheDocuments() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 100, 5)) {
            tenant.simulator.inject("get_endpoint:set=endpoint_status:QUARANTINED");
            tenant.simulator.inject("get_endpoint:reform=os_version");
            tenant.simulator.inject("get_endpoint:set=risk_score:37");
            tenant.simulator.inject("get_endpoint:set=users:mira");

            assertThat(warnings(tenant, tenant.run()))
                    .extracting(RunWarning::kind)
                    .containsExactlyInAnyOrder(
                            RunWarning.Kind.VALUE_UNKNOWN, RunWarning.Kind.KIND_CHANGED, RunWarning.Kind.FIELD_NEW);
        }
    }

    @Test
    void aChangeIsToldAgainUntilARunWasComplete() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 200, 5)) {
            tenant.run();
            tenant.simulator.inject("get_endpoint:drop=domain");
            tenant.simulator.inject("start_xql_query@1:quota");
            Run incomplete = tenant.run();
            assertThat(incomplete.state()).isEqualTo(RunState.PROCESSED_INCOMPLETE);
            assertThat(warnings(tenant, incomplete)).hasSize(1);

            assertThat(warnings(tenant, tenant.run())).hasSize(1);
            assertThat(warnings(tenant, tenant.run())).isEmpty();
        }
    }

    @Test
    void aReplayLearnsNothing() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 100, 5)) {
            Run first = tenant.run();
            Run replay = tenant.await(tenant.sync()
                    .replay(tenant.profile(), first.transformMap(), first.transformMapVersion())
                    .orElseThrow()
                    .id());

            assertThat(replay.state()).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.number("select count(*) from run_shape")).isEqualTo(1);
        }
    }

    @Test
    void aFieldThatOnlyARunSawIsInTheModelAndAMapCanReadIt() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 100, 5)) {
            tenant.simulator.inject("get_endpoint:set=os_types:{\"main\":\"Linux\",\"other\":[\"a\",\"b\"]}");
            // near to documented names, and in an object that is documented
            tenant.simulator.inject("get_endpoint:set=os_versio:12");
            SeenFields seen = new SeenFields(tenant.database());
            TransformMaps maps = new TransformMaps(
                    List.of(tenant.connector()), new MapStore(tenant.database(), Clock.systemUTC()), seen::model);
            String row = "  - source: os_versio\n    target: temp_q_customAttributes.release\n"
                    + "  - source: os_types.other\n    target: temp_q_customAttributes.others\n";
            String yaml = maps.shipped().getFirst().yaml() + row;
            assertThat(maps.checkText(yaml).usable()).isFalse();

            tenant.run();

            DataModel model = seen.model(tenant.connector());
            assertThat(model.field("os_versio")).hasValueSatisfying(field -> {
                assertThat(field.type()).isEqualTo(FieldType.DECIMAL);
                assertThat(field.example()).contains("12");
            });
            assertThat(model.field("os_types").orElseThrow().fields())
                    .extracting(Field::name, Field::type, Field::list)
                    .containsExactly(tuple("main", FieldType.TEXT, false), tuple("other", FieldType.TEXT, true));
            assertThat(model.field("cves").orElseThrow().fields())
                    .extracting(Field::name)
                    .doesNotContain("affected_hosts");
            assertThat(maps.checkText(yaml)).satisfies(check -> {
                assertThat(check.usable()).isTrue();
                assertThat(check.problems()).isEmpty();
            });

            tenant.useMap("With what is not documented", text -> text + row);
            // and the tenant sends it no more: the map still fits
            tenant.simulator.inject("get_endpoint:drop=os_types");
            Run run = tenant.run();

            assertThat(run.state()).isEqualTo(RunState.PROCESSED);
            assertThat(tenant.text("select string_agg(distinct custom_attributes ->> 'release', ' ') from asset"))
                    .isEqualTo("12.0");
        }
    }

    @Test
    void aNameThatNobodySawAndThatIsNoSlipIsTakenWithAWarning() throws Exception {
        try (TenantUnderTest tenant = new TenantUnderTest(directory, 10, 1)) {
            TransformMaps maps = tenant.maps();
            String yaml = maps.shipped().getFirst().yaml();

            TransformMaps.TextCheck check = maps.checkText(
                    yaml + "  - source: quite_another_thing\n    target: temp_q_customAttributes.thing\n");

            assertThat(check.usable()).isTrue();
            assertThat(maps.check(check.map().orElseThrow())).isInstanceOf(Compilation.Compiled.class);
            assertThat(check.problems())
                    .singleElement()
                    .satisfies(
                            problem -> assertThat(problem.problem().message()).contains("no run has seen it"));
        }
    }

    private static List<RunWarning> warnings(TenantUnderTest tenant, Run run) {
        return new RunShapes(tenant.database()).warnings(List.of(run.id())).getOrDefault(run.id(), List.of());
    }
}

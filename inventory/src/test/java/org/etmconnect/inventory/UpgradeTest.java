// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.quarantine.KeptThing;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database of the first schema, with data, brought up to the newest. */
class UpgradeTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    /** As the first version wrote them: a host with an open and a reopened finding, one that is retired, a finished run. */
    private static final String OF_THE_FIRST_VERSION = """
            insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at,
                                    last_applied_run, last_complete_run)
            values ('Tenant', 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{HOST_ASSET,VULNERABILITY}',
                    '{"baseURL": "https://api-acme.example.com"}', '{}', now(), 3, 3);
            insert into profile (connection_id, name, transform_map, created_at) values (1, 'Nightly', 'Cortex XDR hosts', now());
            insert into run (connection_id, profile_id, trigger, state, transform_map, queued_at, observed_at, finished_at, sealed, counts)
            select 1, 1, 'MANUAL', 'PROCESSED', 'Cortex XDR hosts', now(), now(), now(), true, '{"assetsNew": 2, "findingsNew": 3}'
            from generate_series(1, 3);
            insert into run_log (run_id, line, at, level, message) values (1, 1, now(), 'INFO', 'Fetching from Cortex XDR.');
            insert into quarantine (run_id, connection_id, stage, stream, page, row_number, reason, source_text, at)
            values (2, 1, 'READ', 'va_cves', '1', 7, 'no JSON', '{', now());
            insert into asset (name, os_name, addresses, created_run, updated_run, retired_run)
            values ('web1', 'Windows 11', '{10.0.0.1,fe80::1}', 1, 3, null), ('web2', 'Ubuntu', '{}', 1, 1, 3);
            insert into source_record (connection_id, native_key, asset_id, fingerprint, created_run, last_seen_run, retired_run, document)
            values (1, 'aaaa', 1, '\\x01', 1, 3, null, '\\x00'), (1, 'bbbb', 2, '\\x02', 1, 2, 3, '\\x00');
            insert into identification_log (asset_id, source_record_id, run_id) values (1, 1, 1), (2, 2, 1);
            insert into definition (connection_id, external_finding_id, cve_id, severity, fingerprint, document, created_run, updated_run)
            values (1, 'CVE-2026-1', 'CVE-2026-1', 5, '\\x01', '{}', 1, 1), (1, 'CVE-2026-2', 'CVE-2026-2', 3, '\\x02', '{}', 1, 1);
            insert into definition_count values (1, 1), (2, 1);
            insert into finding_cohort (source_record_id, first_run, opened_run, fixed_run, reopened_run, definitions)
            values (1, 1, 1, null, null, '{1}'), (1, 1, 1, 2, 3, '{2}'), (1, 1, 3, null, null, '{2}'), (2, 1, 1, 3, null, '{1}')""";

    @BeforeEach
    void emptyDatabase() {
        DATABASE.reset();
    }

    @Test
    void aDatabaseOfTheFirstVersionKeepsItsDataThroughAllMigrations() throws SQLException {
        Schema.migrateTo(DATABASE.dataSource(), "1");
        execute(OF_THE_FIRST_VERSION);
        List<String> before = contents("identification_log", "definitions");

        Schema.migrate(DATABASE.dataSource());

        assertThat(Schema.version(DATABASE.dataSource())).isNotEqualTo(java.util.Optional.of("1"));
        assertThat(contents("identification", "array(select definition_ids(block, definitions))"))
                .isEqualTo(before);
        assertThat(rows("select os_name || definitions::text || findings::text from open_by_definition"))
                .containsExactly("Windows 11{1,2}{1,1}");
        assertThat(rows("select os_name || ' ' || findings || ' ' || assets from open_by_system"))
                .containsExactly("Ubuntu 0 1", "Windows 11 2 1");
        assertThat(
                        rows(
                                "select name || ' ' || addresses from asset where hashes_of(addresses) @> hashes_of('fe80::1')"))
                .containsExactly("web1 10.0.0.1\nfe80::1");
        RunStore runs = new RunStore(DATABASE.dataSource(), Clock.systemUTC());
        assertThat(runs.find(3)).hasValueSatisfying(run -> {
            assertThat(run.state()).isEqualTo(RunState.PROCESSED);
            assertThat(run.counts().findingsNew()).isEqualTo(3);
        });
        assertThat(runs.log(1)).hasSize(1);
        assertThat(new QuarantineStore(DATABASE.dataSource()).list(2, EnumSet.of(KeptThing.State.OPEN), 0, 10))
                .hasSize(1);
    }

    /** As version 18 wrote them: hosts of each kind of decision, one that moved twice, and one whose decision was deleted. */
    private static final String DECISIONS_OF_VERSION_18 = """
            insert into asset (created_run, updated_run) select 1, 1 from generate_series(1, 4);
            insert into source_record (connection_id, native_key, asset_id, fingerprint, findings_fingerprint, created_run,
                                       last_seen_run, document)
            select 1, key, asset, sha256(key::bytea), sha256('1'), run, 3, '\\x00'
            from (values ('alone', 1, 1), ('moved', 4, 1), ('matched', 1, 2), ('doubtful', 3, 2), ('unknown', 1, 3))
                as r(key, asset, run);
            insert into identification_operation (kind, author, at) values ('SPLIT', 'anna', now()), ('REIDENTIFY', 'anna', now());
            insert into identification_log (asset_id, source_record_id, run_id, operation_id, from_asset_id, rule, matched, considered)
            values (1, 1, 1, null, null, null, null, null),
                   (2, 2, 1, null, null, null, null, null),
                   (1, 3, 2, null, null, 'FQDN', '{"Host name": ["web1"]}', null),
                   (3, 4, 2, null, null, null, null, '[{"rule": "FQDN"}]'),
                   (1, 2, null, 1, 2, null, null, null),
                   (4, 2, null, 2, 1, 'FQDN', '{}', null)""";

    @Test
    void whatWasDecidedOfEachRecordIsStillToldWhereItIsNoLongerKept() throws SQLException {
        Schema.migrateTo(DATABASE.dataSource(), "18");
        execute(DECISIONS_OF_VERSION_18);
        String decisions =
                "select row(asset_id, source_record_id, run_id, operation_id, from_asset_id, rule, matched, considered)"
                        + " from %s where rule is distinct from '(forgotten)'";
        List<String> before = rows(decisions.formatted("identification_log"));

        Schema.migrate(DATABASE.dataSource());

        assertThat(rows(decisions.formatted("identification"))).isEqualTo(before);
        assertThat(rows("select count(*) from identification_log")).containsExactly("5");
        assertThat(rows("select asset_id || ' ' || run_id from identification where rule = '(forgotten)'"))
                .containsExactly("1 3");
        assertThat(rows("select distinct length(fingerprint) + length(findings_fingerprint) from source_record"))
                .containsExactly("16");
        execute("insert into identification_log (asset_id, source_record_id, run_id) values (1, 9, 3)");
    }

    @Test
    void findingsOfManyDefinitionsAreTheSameInTwoBytesEach() throws SQLException {
        Schema.migrateTo(DATABASE.dataSource(), "25");
        execute("""
                insert into finding_cohort (source_record_id, first_run, opened_run, fixed_run, reopened_run, definitions)
                values (1, 1, 1, null, null, '{1,32767,32768,65535,65536,65537,131071,131072,2147483647}'),
                       (2, 1, 2, 3, 4, '{65536}'), (3, 1, 1, 2, null, '{1,2,3}')""");
        String findings = "select row(source_record_id, first_run, opened_run, fixed_run, reopened_run, id)"
                + " from finding_cohort c, %s id";
        List<String> before = rows(findings.formatted("unnest(c.definitions)"));

        Schema.migrate(DATABASE.dataSource());

        assertThat(rows(findings.formatted("definition_ids(c.block, c.definitions)")))
                .isEqualTo(before)
                .hasSize(13);
        assertThat(rows("select block || definitions::text from finding_cohort where source_record_id = 1"))
                .containsExactly("0{-32767,-1,0,32767}", "1{-32768,-32767,32767}", "2{-32768}", "32767{32767}");
    }

    /** The columns that the first version had, of all rows. */
    private static List<String> contents(String decisions, String definitions) throws SQLException {
        List<String> rows = new ArrayList<>();
        for (String sql : List.of(
                "select row(connection_id, name, connector, finding_types, field_values, last_complete_run) from connection",
                "select row(profile_id, connection_id, name, transform_map, active) from profile",
                "select row(run_id, connection_id, profile_id, trigger, state, transform_map, sealed, counts) from run",
                "select row(run_id, line, level, message) from run_log",
                "select row(run_id, stage, stream, page, row_number, reason) from quarantine",
                "select row(asset_id, name, os_name, created_run, updated_run, retired_run) from asset",
                "select row(source_record_id, native_key, asset_id, fingerprint, last_seen_run, retired_run) from source_record",
                "select row(asset_id, source_record_id, run_id) from " + decisions,
                "select row(definition_id, external_finding_id, cve_id, severity) from definition",
                "select row(definition_id, open_findings) from definition_count",
                "select row(source_record_id, first_run, opened_run, fixed_run, reopened_run, " + definitions
                        + ") from finding_cohort")) {
            rows.addAll(rows(sql));
        }
        return rows;
    }

    private static List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql + " order by 1")) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DATABASE.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

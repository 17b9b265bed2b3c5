// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.etmconnect.inventory.embedded.TestDatabase;

/** Each kept count of open findings is what counting gives. */
final class OpenCountsLaw {

    private static final String WRONG_HOSTS = """
            with differing as (
                select a.asset_id from asset a full join open_by_severity o using (asset_id)
                where a.asset_id is null or o.asset_id is null or a.os_name is distinct from o.os_name),
            by_system as (
                select os_name, count(*) as assets from asset group by 1
                except
                select os_name, sum(assets) from open_by_system group by 1)
            select (select count(*) from differing) + (select count(*) from by_system)
                   + abs((select count(*) from asset) - (select coalesce(sum(assets), 0) from open_by_system))""";

    /** What differs, as text. */
    private static final String WRONG = """
                with counted as (
                    select s.source_record_id, s.asset_id, a.os_name, f.first_run, d.definition_id, d.severity
                    from finding_cohort f join source_record s using (source_record_id) join asset a using (asset_id)
                    cross join definition_ids(f.block, f.definitions) id join definition d on d.definition_id = id
                    where f.fixed_run is null),
                by_host as (
                    select asset_id, count(*) filter (where severity is null) as unrated,
                           count(*) filter (where severity = 1) as info, count(*) filter (where severity = 2) as low,
                           count(*) filter (where severity = 3) as medium, count(*) filter (where severity = 4) as high,
                           count(*) filter (where severity = 5) as critical, os_name, count(*)::int as findings
                    from counted group by asset_id, os_name),
                by_system as (
                    select os_name, sum(findings) as findings, count(*) as hosts, sum(unrated) as unrated,
                           count(*) filter (where unrated > 0) as unrated_hosts, sum(info) as info,
                           count(*) filter (where info > 0) as info_hosts, sum(low) as low,
                           count(*) filter (where low > 0) as low_hosts, sum(medium) as medium,
                           count(*) filter (where medium > 0) as medium_hosts, sum(high) as high,
                           count(*) filter (where high > 0) as high_hosts, sum(critical) as critical,
                           count(*) filter (where critical > 0) as critical_hosts
                    from by_host group by os_name),
                kept_by_system as (
                    select os_name,
                           sum(findings) as findings, sum(hosts) as hosts, sum(unrated) as unrated, sum(unrated_hosts) as unrated_hosts,
                           sum(info) as info, sum(info_hosts) as info_hosts, sum(low) as low, sum(low_hosts) as low_hosts,
                           sum(medium) as medium, sum(medium_hosts) as medium_hosts, sum(high) as high, sum(high_hosts) as high_hosts,
                           sum(critical) as critical, sum(critical_hosts) as critical_hosts
                    from open_by_system group by os_name having sum(findings) <> 0),
                by_run as (select first_run, count(*) as open_findings from counted group by 1),
                by_definition as (select definition_id, count(*)::int as open_findings from counted group by 1),
                on_system as (select os_name, definition_id, count(*) as findings from counted group by 1, 2),
                kept_on_system as (
                    select o.os_name, u.definition_id, sum(u.findings) as findings
                    from open_by_definition o cross join unnest(o.definitions, o.findings) u(definition_id, findings)
                    group by 1, 2 having sum(u.findings) <> 0)
                select coalesce((select string_agg(w::text, ' ') from (
                           (select * from open_by_severity
                            where unrated + info + low + medium + high + critical > 0 except select * from by_host)
                           union (select * from by_host except select * from open_by_severity)) w), '')
                    || coalesce((select string_agg(w::text, ' ') from (
                           (select * from kept_by_system except select * from by_system)
                           union (select * from by_system except select * from kept_by_system)) w), '')
                    || coalesce((select string_agg(w::text, ' ') from (
                           (select * from open_by_first_run where open_findings <> 0 except select * from by_run)
                           union (select * from by_run except select * from open_by_first_run)) w), '')
                    || coalesce((select string_agg(w::text, ' ') from (
                           (select * from definition_count where open_findings <> 0 except select * from by_definition)
                           union (select * from by_definition except select * from definition_count)) w), '')
                    || coalesce((select string_agg(w::text, ' ') from (
                           (select * from kept_on_system except select * from on_system)
                           union (select * from on_system except select * from kept_on_system)) w), '')""";

    private OpenCountsLaw() {}

    static void holds(TestDatabase database) throws SQLException {
        try (Connection connection = database.pooled().getConnection();
                ResultSet row = connection.createStatement().executeQuery(WRONG)) {
            row.next();
            assertThat(row.getString(1))
                    .as("kept counts that are wrong, and what is right")
                    .isEmpty();
        }
    }
}

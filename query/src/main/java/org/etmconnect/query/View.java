// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What queries read instead of the tables: the tables themselves, or what they said when certain runs had finished. The
 * runs alone tell: a cohort's row holds from the run that opened it to the run that made it history. A past view has the
 * columns of the table, so that a query need not know which of them it reads.
 *
 * @param cohorts findings: finding_cohort
 * @param records source_record
 * @param connections connection
 * @param assets asset
 * @param runs the runs that had finished; empty for the present
 */
record View(String cohorts, String records, String connections, String assets, Optional<Runs> runs) {

    static final View PRESENT = new View("finding_cohort", "source_record", "connection", "asset", Optional.empty());

    /**
     * A set of runs, written shortly: all up to one, save a few that had begun to wait before it and finished later.
     *
     * @param upTo the highest of them; 0 if there is none
     * @param except those below that are not among them
     */
    record Runs(int upTo, List<Integer> except) {

        Runs {
            except = List.copyOf(except);
        }

        /** Whether a run, null for none, is one of them. For null this is null. */
        String contain(String run) {
            return except.isEmpty()
                    ? "(" + run + " <= " + upTo + ")"
                    : "(" + run + " <= " + upTo + " and " + run + " <> all(" + array(except) + "))";
        }
    }

    private record Latest(int connection, Optional<Integer> applied, Optional<Integer> complete) {}

    /** The state at an instant: what had been done by all runs that had finished by then. */
    static View at(ReadSession session, Instant time) throws SQLException {
        Runs runs = finishedBy(session, time);
        String known = runs.contain("r.run_id");
        List<Latest> latest = session.query(
                Sql.of("select q.connection_id,"
                        + " (select max(r.run_id) from run r where r.connection_id = q.connection_id and " + known
                        + " and (r.state in ('PROCESSED', 'PROCESSED_INCOMPLETE') or r.applied_records > 0)) as applied,"
                        + " (select max(r.run_id) from run r where r.connection_id = q.connection_id and " + known
                        + " and r.state = 'PROCESSED') as complete from connection q order by 1"),
                row -> new Latest(
                        row.getInt(1),
                        Optional.ofNullable(row.getObject("applied", Integer.class)),
                        Optional.ofNullable(row.getObject("complete", Integer.class))));
        return new View(
                cohorts("finding_cohort", runs), records(runs), connections(latest), assets(runs), Optional.of(runs));
    }

    /** The runs that had finished by an instant. */
    static Runs finishedBy(ReadSession session, Instant time) throws SQLException {
        int upTo =
                Math.toIntExact(session.number(Sql.of("select coalesce(max(run_id), 0) from run where finished_at <= ")
                        .bind(time)));
        List<Integer> except = session.query(
                Sql.of("select run_id from run where run_id < ")
                        .bind(upTo)
                        .add(" and (finished_at is null or finished_at > ")
                        .bind(time)
                        .add(") order by run_id"),
                row -> row.getInt(1));
        return new Runs(upTo, except);
    }

    /** The present's cohorts of fixed findings that hold one of the definitions, by way of their index. */
    static Sql fixedWith(int[] definitions) {
        return Sql.of("(").add(fixed(definitions)).add(")");
    }

    private static Sql fixed(int[] definitions) {
        return Sql.of("select * from finding_cohort where fixed_run is not null and reopened_run is null and ")
                .add(Holding.byIndex("", definitions));
    }

    /** The present's cohorts that hold one of these definitions open, or one of the others fixed, by way of the partial indexes. */
    static Sql presentWith(int[] open, int[] fixed) {
        return Sql.of("(").add(present(open, fixed)).add(")");
    }

    private static Sql present(int[] open, int[] fixed) {
        return Sql.of("select * from finding_cohort where fixed_run is null and ")
                .add(Holding.byIndex("", open))
                .add(" union all ")
                .add(fixed(fixed));
    }

    /** The cohorts that hold one of the definitions, by way of the partial indexes. */
    Sql cohortsWith(int[] definitions) {
        if (runs.isEmpty()) {
            return presentWith(definitions, definitions);
        }
        Sql present = present(definitions, definitions);
        present.add(" union all select * from finding_cohort where reopened_run is not null and ")
                .add(Holding.byIndex("", definitions));
        String[] around = cohorts("#", runs.get()).split("#", 2);
        return Sql.of(around[0] + "(").add(present).add(")" + around[1]);
    }

    private static String cohorts(String table, Runs runs) {
        return "(select t.source_record_id, t.first_run, t.opened_run, case when " + runs.contain("t.fixed_run")
                + " then t.fixed_run end as fixed_run, null::int as reopened_run, t.block, t.definitions from " + table
                + " t where t.first_run <= " + runs.upTo() + " and " + runs.contain("t.opened_run") + " and "
                + runs.contain("t.reopened_run") + " is not true)";
    }

    private static String records(Runs runs) {
        String absence = " from source_record_absence b where b.source_record_id = t.source_record_id and "
                + runs.contain("b.retired_run") + " and " + runs.contain("b.returned_run") + " is not true)";
        return "(select t.source_record_id, t.connection_id, t.native_key, t.asset_id, t.created_run,"
                + " coalesce((select max(b.last_seen_run)" + absence + ", case when "
                + runs.contain("t.last_seen_run") + " then t.last_seen_run else t.created_run end) as last_seen_run, "
                + "case when " + runs.contain("t.retired_run") + " then t.retired_run else (select max(b.retired_run)"
                + absence + " end as retired_run from source_record t where "
                + runs.contain("t.created_run") + ")";
    }

    private static String connections(List<Latest> latest) {
        return "(select q.connection_id, q.name, q.vendor, q.product, "
                + choice(latest.stream()
                        .filter(each -> each.applied().isPresent())
                        .map(each -> "when " + each.connection() + " then "
                                + each.applied().get())
                        .toList())
                + " as last_applied_run, "
                + choice(latest.stream()
                        .filter(each -> each.complete().isPresent())
                        .map(each -> "when " + each.connection() + " then "
                                + each.complete().get())
                        .toList())
                + " as last_complete_run from connection q)";
    }

    private static String choice(List<String> cases) {
        return cases.isEmpty() ? "null::int" : "case q.connection_id " + String.join(" ", cases) + " end";
    }

    /** Which record belongs to which asset, and what it is called, is today's: no other is kept. */
    private static String assets(Runs runs) {
        String known = "select from source_record n where n.asset_id = t.asset_id and " + runs.contain("n.created_run");
        String reported = known + " and " + runs.contain("n.retired_run") + " is not true and not exists (select from"
                + " source_record_absence b where b.source_record_id = n.source_record_id and "
                + runs.contain("b.retired_run") + " and " + runs.contain("b.returned_run") + " is not true)";
        return "(select t.asset_id, t.name, t.domain, t.type, t.os_name, t.os_version, t.first_found, t.addresses,"
                + " t.mac_addresses, t.cloud_provider, t.custom_attributes, t.created_run, case when exists ("
                + reported + ") then null else coalesce(t.retired_run, t.created_run) end as retired_run"
                + " from asset t where " + runs.contain("t.created_run") + " or exists (" + known
                // so that PostgreSQL asks for the few assets that were made later, and not first for all
                + " offset 0))";
    }

    private static String array(List<Integer> numbers) {
        StringJoiner text = new StringJoiner(",", "'{", "}'::int[]");
        new ArrayList<>(numbers).forEach(number -> text.add(String.valueOf(number)));
        return text.toString();
    }
}

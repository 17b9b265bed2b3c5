// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Looks into the database while runs are under way. What must never be seen there is a finding, the suite's own. */
final class Watcher {

    private long looks;

    /** How often it has looked. */
    long looks() {
        return looks;
    }

    /**
     * Looks once, at one moment of the database.
     *
     * @param before the last run before the tenant's day began
     * @return what is wrong, if anything is
     */
    Optional<String> look(Connection database, TenantTruth truth, int before) throws SQLException {
        database.setAutoCommit(false);
        try (Statement statement = database.createStatement()) {
            statement.execute("set transaction isolation level repeatable read, read only");
            looks++;
            return closedTooEarly(statement, truth, before)
                    .or(() -> asked(() -> retiredTooEarly(statement, truth, before)))
                    .or(() -> asked(() -> halfApplied(statement)))
                    .or(() -> asked(() -> miscounted(statement)));
        } finally {
            database.rollback();
            database.setAutoCommit(true);
        }
    }

    private interface Question {
        Optional<String> ask() throws SQLException;
    }

    private static Optional<String> asked(Question question) {
        try {
            return question.ask();
        } catch (SQLException e) {
            throw new Trial.DatabaseAway(e);
        }
    }

    private static Optional<String> closedTooEarly(Statement statement, TenantTruth truth, int before)
            throws SQLException {
        try (ResultSet row = statement.executeQuery("""
                select s.native_key, d.external_finding_id, d.cve_id, c.fixed_run
                from finding_cohort c join source_record s using (source_record_id), definition_ids(c.block, c.definitions) as id
                join definition d on d.definition_id = id
                where c.fixed_run > %d and c.reopened_run is null""".formatted(before))) {
            while (row.next()) {
                if (truth.has(row.getString(1), row.getString(3))) {
                    return Optional.of("run " + row.getInt(4) + " closed " + row.getString(3) + " of host "
                            + row.getString(1) + ", which the tenant still has");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> retiredTooEarly(Statement statement, TenantTruth truth, int before)
            throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "select native_key, retired_run from source_record where retired_run > " + before)) {
            while (row.next()) {
                if (truth.has(row.getString(1))) {
                    return Optional.of("run " + row.getInt(2) + " retired host " + row.getString(1)
                            + ", which the tenant still has");
                }
            }
        }
        return Optional.empty();
    }

    /** What a run counts and what it wrote are of one transaction, so they agree at every moment. */
    private static Optional<String> halfApplied(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("""
                select run_id, said, done from (
                    select r.run_id,
                           concat_ws(' ', 'assets', coalesce((counts->>'assetsNew')::int, 0), 'new',
                                     coalesce((counts->>'findingsNew')::int, 0), 'reopened',
                                     coalesce((counts->>'findingsReopened')::int, 0), 'fixed',
                                     coalesce((counts->>'findingsFixed')::int, 0), 'retired',
                                     coalesce((counts->>'assetsRetired')::int, 0)) as said,
                           concat_ws(' ', 'assets', (select count(*) from asset where created_run = r.run_id), 'new',
                                     (select coalesce(sum(cardinality(definitions)), 0) from finding_cohort
                                      where opened_run = r.run_id and first_run = r.run_id), 'reopened',
                                     (select coalesce(sum(cardinality(definitions)), 0) from finding_cohort
                                      where opened_run = r.run_id and first_run < r.run_id), 'fixed',
                                     (select coalesce(sum(cardinality(definitions)), 0) from finding_cohort
                                      where fixed_run = r.run_id), 'retired',
                                     (select count(*) from source_record where retired_run = r.run_id)) as done
                    from run r
                    where not fetched_again and run_id = (select max(run_id) from run)) as latest
                where said <> done""")) {
            if (row.next()) {
                return Optional.of("run " + row.getInt(1) + " says \"" + row.getString(2) + "\" and did \""
                        + row.getString(3) + "\"");
            }
        }
        return Optional.empty();
    }

    /** What is counted is written with what it counts. */
    private static Optional<String> miscounted(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("""
                with found as (
                    select a.os_name, id as definition_id, count(*) as open
                    from finding_cohort c join source_record using (source_record_id) join asset a using (asset_id)
                    cross join definition_ids(c.block, c.definitions) as id
                    where c.fixed_run is null group by 1, 2),
                on_systems as (
                    select o.os_name, u.definition_id, sum(u.findings) as open
                    from open_by_definition o cross join unnest(o.definitions, o.findings) u(definition_id, findings)
                    group by 1, 2 having sum(u.findings) <> 0)
                select (select count(*) from (
                            select definition_id, sum(open) from found group by 1
                            except select definition_id, open_findings from definition_count) as wrong)
                     + (select count(*) from (
                            select definition_id, open_findings::numeric from definition_count where open_findings <> 0
                            except select definition_id, sum(open) from found group by 1) as wrong)
                     + (select count(*) from (
                            select os_name, definition_id, open::bigint from found
                            except select os_name, definition_id, open::bigint from on_systems) as wrong)
                     + (select count(*) from (
                            select os_name, definition_id, open::bigint from on_systems
                            except select os_name, definition_id, open::bigint from found) as wrong)""")) {
            row.next();
            return row.getLong(1) == 0
                    ? Optional.empty()
                    : Optional.of("the open findings of " + row.getLong(1)
                            + " vulnerabilities or systems are counted wrongly");
        }
    }
}

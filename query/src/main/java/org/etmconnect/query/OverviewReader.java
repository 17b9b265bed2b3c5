// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Reads the {@link Overview}. It follows from counts that each apply keeps; no finding is looked at. Thread-safe; each call
 * uses one connection.
 */
public final class OverviewReader {

    private static final int LISTED = 10;
    private static final int DAYS = 90;
    private static final List<Integer> AGE_STEPS = List.of(0, 7, 30, 90, 180);

    private final DataSource source;
    private final InstantSource clock;
    private final Duration limit;

    /** @param limit how long the database may take */
    public OverviewReader(DataSource source, InstantSource clock, Duration limit) {
        this.source = source;
        this.clock = clock;
        this.limit = limit;
    }

    /**
     * The inventory's state now; empty if it took longer than the limit.
     *
     * @throws InventoryReadException if the database cannot be read
     */
    public Optional<Overview> read() {
        return ReadSession.read(source, limit, session -> {
            Instant now = clock.instant();
            long assets = session.number(Sql.of("select coalesce(sum(assets), 0) from open_by_system"));
            long retired = session.number(Sql.of("select count(*) from asset where retired_run is not null"));
            return new Overview(
                    now,
                    assets - retired,
                    retired,
                    openFindings(session),
                    widestCves(session),
                    criticalHosts(session),
                    ages(session, now),
                    days(session, now));
        });
    }

    private static Map<Integer, Long> openFindings(ReadSession session) throws SQLException {
        Map<Integer, Long> counts = new HashMap<>();
        session.query(
                        Sql.of("select coalesce(d.severity, 0) as severity, sum(n.open_findings) as open"
                                + " from definition_count n join definition d using (definition_id)"
                                + " where n.open_findings > 0 group by 1"),
                        row -> Map.entry(row.getInt("severity"), row.getLong("open")))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    private static List<Overview.WidestCve> widestCves(ReadSession session) throws SQLException {
        return session.query(
                Sql.of("select coalesce(d.cve_id, d.external_finding_id) as cve, max(d.severity) as severity,"
                                + " max(d.source_risk_score)::text as score, sum(n.open_findings) as open"
                                + " from definition_count n join definition d using (definition_id)"
                                + " where n.open_findings > 0 group by 1 order by open desc, cve limit ")
                        .bind(LISTED),
                row -> new Overview.WidestCve(
                        row.getString("cve"),
                        Optional.ofNullable(row.getObject("severity", Integer.class)),
                        ReadSession.text(row, "score").map(Double::valueOf),
                        row.getLong("open")));
    }

    private static List<Overview.CriticalHost> criticalHosts(ReadSession session) throws SQLException {
        return session.query(
                Sql.of("select worst.asset_id, a.name, worst.critical from ("
                                + "select asset_id, critical from open_by_severity where critical > 0"
                                + " order by critical desc, asset_id limit ")
                        .bind(LISTED)
                        .add(") worst join asset a using (asset_id) order by worst.critical desc, worst.asset_id"),
                row -> new Overview.CriticalHost(
                        row.getInt("asset_id"), ReadSession.text(row, "name"), row.getLong("critical")));
    }

    private static List<Overview.Age> ages(ReadSession session, Instant now) throws SQLException {
        Map<Integer, Long> counts = new HashMap<>();
        Sql step = Sql.of("width_bucket(extract(epoch from ")
                .bind(now)
                .add("::timestamptz - r.observed_at) / 86400, array["
                        + String.join(
                                ", ",
                                AGE_STEPS.stream().skip(1).map(String::valueOf).toList()) + "])");
        session.query(
                        Sql.of("select ")
                                .add(step)
                                .add(" as step, sum(c.open_findings) as open from open_by_first_run c"
                                        + " join run r on r.run_id = c.first_run group by 1"),
                        row -> Map.entry(row.getInt("step"), row.getLong("open")))
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return IntStream.range(0, AGE_STEPS.size())
                .mapToObj(i -> new Overview.Age(
                        AGE_STEPS.get(i),
                        i + 1 < AGE_STEPS.size() ? Optional.of(AGE_STEPS.get(i + 1)) : Optional.empty(),
                        counts.getOrDefault(i, 0L)))
                .toList();
    }

    private static List<Overview.Day> days(ReadSession session, Instant now) throws SQLException {
        return session.query(
                Sql.of("select (observed_at at time zone 'UTC')::date as day,"
                                + " sum((counts->>'findingsNew')::bigint) as opened,"
                                + " sum((counts->>'findingsFixed')::bigint) as fixed,"
                                + " sum((counts->>'findingsReopened')::bigint) as reopened"
                                + " from run where observed_at >= ")
                        .bind(now.minus(Duration.ofDays(DAYS)))
                        .add(" group by 1 order by 1"),
                row -> new Overview.Day(
                        row.getObject("day", LocalDate.class),
                        row.getLong("opened"),
                        row.getLong("fixed"),
                        row.getLong("reopened")));
    }
}

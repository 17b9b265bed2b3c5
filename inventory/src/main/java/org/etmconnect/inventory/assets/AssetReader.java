// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.assets;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.apply.DocumentCodec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads single assets. Safe for use by several threads. */
public final class AssetReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final DataSource database;

    public AssetReader(DataSource database) {
        this.database = database;
    }

    /** The asset of this id, if there is one. */
    public Optional<AssetDetails> find(int assetId) {
        try (Connection connection = database.getConnection()) {
            List<AssetDetails.Source> sources = sources(connection, assetId);
            try (PreparedStatement select = connection.prepareStatement("""
                    select a.*, first.observed_at as first_found_at, retired.observed_at as retired_at
                    from asset a
                    join run first on first.run_id = a.created_run
                    left join run retired on retired.run_id = a.retired_run
                    where a.asset_id = ?""")) {
                select.setInt(1, assetId);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    Instant firstFound = row.getTimestamp("first_found_at").toInstant();
                    return Optional.of(new AssetDetails(
                            assetId,
                            text(row, "name"),
                            text(row, "domain"),
                            text(row, "type"),
                            text(row, "os_name"),
                            text(row, "os_version"),
                            row.getString("addresses").lines().toList(),
                            row.getString("mac_addresses").lines().toList(),
                            text(row, "cloud_provider"),
                            (ObjectNode) JSON.readTree(row.getString("custom_attributes")),
                            instant(row.getTimestamp("first_found")),
                            firstFound,
                            sources.stream()
                                    .map(AssetDetails.Source::lastFound)
                                    .max(Instant::compareTo)
                                    .orElse(firstFound),
                            instant(row.getTimestamp("retired_at")),
                            openFindings(connection, assetId),
                            sources,
                            identifications(connection, assetId)));
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("read asset " + assetId, e);
        }
    }

    /**
     * What happened to an asset, the newest first; nothing if there is no such asset. Of attributes only the last change is
     * kept. What findings did and when the host was away is told since history is kept.
     *
     * @param most how many events at most
     */
    public List<AssetEvent> history(int assetId, int most) {
        try (Connection connection = database.getConnection()) {
            List<AssetEvent> events = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("""
                    with own as (select * from source_record where asset_id = ?),
                    event as (
                        select 'FOUND' as kind, created_run as run_id, native_key, 0 as opened, 0 as fixed, 0 as reopened
                        from own
                        union all select 'VANISHED', retired_run, native_key, 0, 0, 0 from own where retired_run is not null
                        union all select 'WAS_AWAY', b.retired_run, native_key, 0, 0, 0
                        from own join source_record_absence b using (source_record_id)
                        union all select 'RETURNED', b.returned_run, native_key, 0, 0, 0
                        from own join source_record_absence b using (source_record_id)
                        union all select 'CHANGED', updated_run, null, 0, 0, 0 from asset
                        where asset_id = ? and updated_run > created_run
                        union all select 'FINDINGS', run_id, null, sum(opened), sum(fixed), sum(reopened) from (
                            select opened_run as run_id,
                                   case when opened_run = first_run then cardinality(definitions) else 0 end as opened,
                                   0 as fixed,
                                   case when opened_run > first_run then cardinality(definitions) else 0 end as reopened
                            from own join finding_cohort using (source_record_id)
                            union all select fixed_run, 0, cardinality(definitions), 0
                            from own join finding_cohort using (source_record_id) where fixed_run is not null) change
                        group by run_id)
                    select * from (select e.kind, e.run_id, e.native_key, e.opened, e.fixed, e.reopened, r.observed_at, r.connection_id, c.name
                    from event e join run r using (run_id) join connection c on c.connection_id = r.connection_id
                    where e.kind not in ('WAS_AWAY', 'RETURNED', 'FINDINGS') or r.finished_at is null
                       or r.finished_at >= coalesce((select since from kept_history), '-infinity')
                    union all
                    select 'HISTORY_BEGINS', null, null, 0, 0, 0, k.since, null, null from kept_history k
                    where k.since > (select r.finished_at from asset a join run r on r.run_id = a.created_run
                                     where a.asset_id = ?)) told
                    order by observed_at desc, run_id desc, array_position(
                        array['VANISHED', 'WAS_AWAY', 'FINDINGS', 'CHANGED', 'RETURNED', 'FOUND'], kind), native_key
                    limit ?""")) {
                select.setInt(1, assetId);
                select.setInt(2, assetId);
                select.setInt(3, assetId);
                select.setInt(4, most);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        events.add(new AssetEvent(
                                row.getTimestamp("observed_at").toInstant(),
                                Optional.ofNullable(row.getObject("run_id", Integer.class)),
                                Optional.ofNullable(row.getObject("connection_id", Integer.class)),
                                text(row, "name"),
                                what(row)));
                    }
                }
            }
            for (AssetDetails.IdentificationEntry entry : identifications(connection, assetId)) {
                events.add(new AssetEvent(
                        entry.at(),
                        entry.runId(),
                        Optional.empty(),
                        Optional.empty(),
                        new AssetEvent.What.Identified(entry.sentence())));
            }
            // sorting keeps the order of what happened at the same time
            events.sort(Comparator.comparing(AssetEvent::at).reversed());
            return List.copyOf(events.subList(0, Math.min(most, events.size())));
        } catch (SQLException e) {
            throw new DatabaseException("read the history of asset " + assetId, e);
        }
    }

    private static AssetEvent.What what(ResultSet row) throws SQLException {
        return switch (row.getString("kind")) {
            case "FOUND" -> new AssetEvent.What.Found(row.getString("native_key"));
            case "HISTORY_BEGINS" -> new AssetEvent.What.HistoryBegins();
            case "VANISHED", "WAS_AWAY" -> new AssetEvent.What.Vanished(row.getString("native_key"));
            case "RETURNED" -> new AssetEvent.What.Returned(row.getString("native_key"));
            case "CHANGED" -> new AssetEvent.What.Changed();
            default ->
                new AssetEvent.What.Findings(row.getLong("opened"), row.getLong("fixed"), row.getLong("reopened"));
        };
    }

    private static List<AssetDetails.Source> sources(Connection connection, int assetId) throws SQLException {
        List<AssetDetails.Source> sources = new ArrayList<>();
        DocumentCodec codec = new DocumentCodec();
        try (PreparedStatement select = connection.prepareStatement("""
                select s.source_record_id, s.connection_id, c.name, c.product, s.native_key,
                       first.observed_at as first_found_at, last.observed_at as last_found_at, v.last_seen_run,
                       retired.observed_at as retired_at, s.document
                from source_record s
                join source_record_seen v using (source_record_id)
                join connection c on c.connection_id = s.connection_id
                join run first on first.run_id = s.created_run
                join run last on last.run_id = v.last_seen_run
                left join run retired on retired.run_id = s.retired_run
                where s.asset_id = ?
                order by s.source_record_id""")) {
            select.setInt(1, assetId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    sources.add(new AssetDetails.Source(
                            row.getInt("source_record_id"),
                            row.getInt("connection_id"),
                            row.getString("name"),
                            row.getString("product"),
                            row.getString("native_key"),
                            row.getTimestamp("first_found_at").toInstant(),
                            row.getTimestamp("last_found_at").toInstant(),
                            row.getInt("last_seen_run"),
                            instant(row.getTimestamp("retired_at")),
                            codec.decompress(row.getBytes("document"), row.getString("native_key"))));
                }
            }
        }
        return sources;
    }

    private static Map<Integer, Long> openFindings(Connection connection, int assetId) throws SQLException {
        Map<Integer, Long> bySeverity = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select coalesce(d.severity, 0), count(*)
                from source_record s
                join finding_cohort f on f.source_record_id = s.source_record_id and f.fixed_run is null
                cross join definition_ids(f.block, f.definitions) as id
                join definition d on d.definition_id = id
                where s.asset_id = ?
                group by 1""")) {
            select.setInt(1, assetId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    bySeverity.put(row.getInt(1), row.getLong(2));
                }
            }
        }
        return bySeverity;
    }

    private static List<AssetDetails.IdentificationEntry> identifications(Connection connection, int assetId)
            throws SQLException {
        List<AssetDetails.IdentificationEntry> entries = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select l.source_record_id, l.run_id, coalesce(r.observed_at, o.at) as decided_at, l.rule, l.matched,
                       l.considered, l.asset_id, l.from_asset_id, coalesce(s.native_key, '(forgotten)') as native_key,
                       o.operation_id, o.kind, o.author, o.reason, split.operation_id as undone_split
                from identification l
                left join run r on r.run_id = l.run_id
                left join identification_operation o on o.operation_id = l.operation_id
                left join identification_operation split on split.undone_by = o.operation_id
                left join source_record s on s.source_record_id = l.source_record_id
                where l.source_record_id = any (array(
                          select source_record_id from source_record where asset_id = ?
                          union select source_record_id from identification_log where asset_id = ?
                          union select source_record_id from identification_log where from_asset_id = ?))
                  and ? in (l.asset_id, l.from_asset_id, s.asset_id)
                order by decided_at, l.identification_id nulls first, l.source_record_id""")) {
            select.setInt(1, assetId);
            select.setInt(2, assetId);
            select.setInt(3, assetId);
            select.setInt(4, assetId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Map<String, Set<String>> matched = matched(row.getString("matched"));
                    entries.add(new AssetDetails.IdentificationEntry(
                            row.getInt("source_record_id"),
                            Optional.ofNullable(row.getObject("run_id", Integer.class)),
                            row.getTimestamp("decided_at").toInstant(),
                            text(row, "rule"),
                            matched,
                            DecisionWords.sentence(row, assetId, matched)));
                }
            }
        }
        return entries;
    }

    private static Map<String, Set<String>> matched(@Nullable String json) {
        Map<String, Set<String>> matched = new TreeMap<>();
        if (json != null) {
            JSON.readTree(json).properties().forEach(entry -> {
                Set<String> values = new LinkedHashSet<>();
                entry.getValue().forEach(value -> values.add(value.asString()));
                matched.put(entry.getKey(), values);
            });
        }
        return matched;
    }

    private static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    private static Optional<Instant> instant(@Nullable Timestamp timestamp) {
        return Optional.ofNullable(timestamp).map(Timestamp::toInstant);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.etmconnect.inventory.DefinitionBlock;
import org.jspecify.annotations.Nullable;

/** A random inventory of a few hosts, in memory and in a database alike. */
final class SmallInventory {

    /** Half of the definitions are of one block, half of the next. */
    static final int BEFORE_FIRST_DEFINITION = 65_536 - 12;

    record Source(
            int id,
            String name,
            String product,
            String vendor,
            int lastApplied,
            @Nullable Integer lastComplete) {}

    record Run(int id, int connection, Instant observedAt, String state) {}

    record Asset(
            int id,
            @Nullable String name,
            @Nullable String domain,
            @Nullable String type,
            @Nullable String osName,
            @Nullable String osVersion,
            @Nullable Instant firstFound,
            List<String> addresses,
            List<String> macs,
            @Nullable String cloud,
            SortedMap<String, List<String>> attributes,
            boolean retired) {}

    record Host(
            int id,
            int connection,
            String key,
            int asset,
            int createdRun,
            int lastSeen,
            @Nullable Integer retiredRun) {}

    record Definition(
            int id,
            int connection,
            String externalId,
            @Nullable String cve,
            @Nullable String title,
            @Nullable String description,
            @Nullable Integer severity,
            @Nullable String sourceSeverity,
            @Nullable String score,
            @Nullable Instant published) {}

    record Cohort(
            int record,
            int firstRun,
            int openedRun,
            @Nullable Integer fixedRun,
            @Nullable Integer reopenedRun,
            List<Integer> definitions) {}

    static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");
    static final List<String> NAMES =
            List.of("web01", "WEB02", "db-1", "mail_x", "100%", "a\\b", "o'hare", "web 01", "zürich");
    static final List<String> TITLES =
            List.of("OpenSSL heap overflow", "openssl", "Kernel race", "heap_spray 100%", "XSS");
    static final List<String> CVES = List.of("CVE-2024-0001", "CVE-2024-0002", "CVE-2025-1000", "CVE-2026-7");
    static final List<String> SCORES = List.of("9.8", "7.5", "5", "0.1", "10", "9.81");

    final Map<Integer, Source> connections = new HashMap<>();
    final Map<Integer, Run> runs = new HashMap<>();
    final Map<Integer, Asset> assets = new HashMap<>();
    final Map<Integer, Host> hosts = new HashMap<>();
    final Map<Integer, Definition> definitions = new HashMap<>();
    final List<Cohort> cohorts = new ArrayList<>();
    private final Random random;

    SmallInventory(long seed) {
        random = new Random(seed);
        for (int run = 1; run <= 14; run++) {
            runs.put(
                    run,
                    new Run(
                            run,
                            1 + random.nextInt(3),
                            NOW.minus(Duration.ofHours((15L - run) * 30)),
                            one("PROCESSED", "PROCESSED", "PROCESSED_INCOMPLETE", "FAILED")));
        }
        for (int i = 1; i <= 3; i++) {
            List<Integer> own = runsOf(i);
            connections.put(
                    i,
                    new Source(
                            i,
                            "Tenant " + i,
                            i == 3 ? "Other XDR" : "Cortex XDR",
                            i == 3 ? "Somebody" : "Palo Alto Networks",
                            own.getLast(),
                            random.nextInt(4) == 0 ? null : own.get(random.nextInt(own.size()))));
        }
        for (int id = 1; id <= 14; id++) {
            assets.put(id, asset(id));
        }
        for (int id = 1; id <= 20; id++) {
            int connection = 1 + random.nextInt(3);
            List<Integer> own = runsOf(connection);
            hosts.put(
                    id,
                    new Host(
                            id,
                            connection,
                            "ep-" + id,
                            id <= 14 ? id : 1 + random.nextInt(14),
                            own.getFirst(),
                            own.get(random.nextInt(own.size())),
                            random.nextInt(4) == 0 ? own.getLast() : null));
        }
        for (int number = 1; number <= 24; number++) {
            definitions.put(BEFORE_FIRST_DEFINITION + number, definition(number));
        }
        hosts.values().forEach(this::addCohorts);
    }

    private List<Integer> runsOf(int connection) {
        List<Integer> own = runs.values().stream()
                .filter(run -> run.connection() == connection)
                .map(Run::id)
                .sorted()
                .toList();
        if (own.isEmpty()) {
            int id = runs.size() + 1;
            runs.put(id, new Run(id, connection, NOW.minusSeconds(3600L * (20 - id)), "PROCESSED"));
            return List.of(id);
        }
        return own;
    }

    private Asset asset(int id) {
        SortedMap<String, List<String>> attributes = new TreeMap<>();
        if (random.nextBoolean()) {
            attributes.put("serverTags", random.nextBoolean() ? List.of("prod") : List.of("prod", "dmz"));
        }
        if (random.nextBoolean()) {
            attributes.put("owner", List.of(one("ops", "prod")));
        }
        return new Asset(
                id,
                maybe(NAMES.get(random.nextInt(NAMES.size()))),
                maybe(one("corp.example", "lab.example")),
                maybe(one("server", "workstation")),
                maybe(one("Windows Server 2019", "Ubuntu", "windows 11")),
                maybe(one("10.0", "22.04", "6.1")),
                random.nextInt(4) == 0 ? null : NOW.minus(Duration.ofHours(random.nextInt(600))),
                random.nextBoolean() ? List.of("10.0.0." + id, "10.0.1." + random.nextInt(3)) : List.of(),
                random.nextBoolean() ? List.of("00:50:b6:00:00:0" + random.nextInt(9)) : List.of(),
                maybe(one("AWS", "GCP")),
                attributes,
                random.nextInt(4) == 0);
    }

    private Definition definition(int number) {
        return new Definition(
                BEFORE_FIRST_DEFINITION + number,
                1 + random.nextInt(3),
                "F" + number,
                maybe(CVES.get(random.nextInt(CVES.size()))),
                maybe(TITLES.get(random.nextInt(TITLES.size()))),
                maybe(one("Allows remote code execution", "Denial of service")),
                random.nextInt(5) == 0 ? null : Integer.valueOf(1 + random.nextInt(5)),
                maybe(one("HIGH", "low")),
                maybe(SCORES.get(random.nextInt(SCORES.size()))),
                random.nextInt(4) == 0 ? null : NOW.minus(Duration.ofHours(random.nextInt(20_000))));
    }

    private void addCohorts(Host host) {
        List<Integer> own = runsOf(host.connection());
        Map<String, TreeSet<Integer>> sets = new TreeMap<>();
        for (Definition definition : definitions.values()) {
            if (definition.connection() != host.connection() || random.nextInt(3) == 0) {
                continue;
            }
            int first = random.nextInt(own.size());
            int second = random.nextInt(own.size());
            int third = random.nextInt(own.size());
            int[] at = {first, second, third};
            java.util.Arrays.sort(at);
            String open = own.get(at[0]) + " " + own.get(at[0]) + " 0 0";
            String fixed = own.get(at[0]) + " " + own.get(at[0]) + " " + own.get(at[1]) + " 0";
            boolean distinct = at[0] < at[1] && at[1] < at[2];
            List<String> rows = switch (random.nextInt(4)) {
                case 0 -> at[0] < at[1] ? List.of(fixed) : List.of(open);
                case 1 ->
                    distinct
                            ? List.of(
                                    own.get(at[0]) + " " + own.get(at[0]) + " " + own.get(at[1]) + " " + own.get(at[2]),
                                    own.get(at[0]) + " " + own.get(at[2]) + " 0 0")
                            : List.of(open);
                default -> List.of(open);
            };
            rows.forEach(
                    row -> sets.computeIfAbsent(row, none -> new TreeSet<>()).add(definition.id()));
        }
        sets.forEach((row, ids) -> {
            String[] parts = row.split(" ");
            cohorts.add(new Cohort(
                    host.id(),
                    Integer.parseInt(parts[0]),
                    Integer.parseInt(parts[1]),
                    parts[2].equals("0") ? null : Integer.valueOf(parts[2]),
                    parts[3].equals("0") ? null : Integer.valueOf(parts[3]),
                    List.copyOf(ids)));
        });
    }

    private @Nullable String maybe(String value) {
        return random.nextInt(5) == 0 ? null : value;
    }

    private String one(String... values) {
        return values[random.nextInt(values.length)];
    }

    // Into the database --------------------------------------------------------------------------------------------

    void writeTo(Connection db) throws SQLException {
        try (Statement statement = db.createStatement()) {
            statement.execute(
                    "truncate connection, run, asset, source_record, identification_log, definition, definition_count,"
                            + " finding_cohort, open_by_severity, open_by_system, open_by_definition, open_by_first_run restart identity cascade");
        }
        for (Source c : connections.values()) {
            insert(
                    db,
                    "insert into connection (connection_id, name, connector, vendor, product, finding_types,"
                            + " field_values, network, created_at, last_applied_run, last_complete_run)"
                            + " values (?, ?, 'x', ?, ?, '{}', '{}', '{}', now(), ?, ?)",
                    c.id(),
                    c.name(),
                    c.vendor(),
                    c.product(),
                    c.lastApplied(),
                    c.lastComplete());
        }
        for (Run r : runs.values()) {
            insert(
                    db,
                    "insert into run (run_id, connection_id, trigger, state, transform_map, queued_at, observed_at,"
                            + " finished_at) values (?, ?, 'MANUAL', ?, 'default', now(), ?, ?)",
                    r.id(),
                    r.connection(),
                    r.state(),
                    r.observedAt(),
                    r.observedAt().plusSeconds(60));
        }
        for (Asset a : assets.values()) {
            insert(
                    db,
                    "insert into asset (asset_id, name, domain, type, os_name, os_version, first_found, addresses,"
                            + " mac_addresses, cloud_provider, custom_attributes, created_run, updated_run, retired_run)"
                            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, 1, 1, ?)",
                    a.id(),
                    a.name(),
                    a.domain(),
                    a.type(),
                    a.osName(),
                    a.osVersion(),
                    a.firstFound(),
                    String.join("\n", a.addresses()),
                    String.join("\n", a.macs()),
                    a.cloud(),
                    json(a.attributes()),
                    a.retired() ? Integer.valueOf(1) : null);
        }
        for (Host h : hosts.values()) {
            insert(
                    db,
                    "insert into source_record (source_record_id, connection_id, native_key, asset_id, fingerprint,"
                            + " created_run, last_seen_run, retired_run, document)"
                            + " values (?, ?, ?, ?, '', ?, ?, ?, '')",
                    h.id(),
                    h.connection(),
                    h.key(),
                    h.asset(),
                    h.createdRun(),
                    h.lastSeen(),
                    h.retiredRun());
            if (h.id() != h.asset()) {
                insert(
                        db,
                        "insert into identification_log (asset_id, source_record_id, run_id, rule, matched)"
                                + " values (?, ?, ?, 'name', '{}')",
                        h.asset(),
                        h.id(),
                        h.createdRun());
            }
        }
        for (Definition d : definitions.values()) {
            insert(
                    db,
                    "insert into definition (definition_id, connection_id, external_finding_id, cve_id, title,"
                            + " description, severity, source_severity, source_risk_score, published, fingerprint,"
                            + " document, created_run, updated_run)"
                            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?::real, ?, '', '{}', 1, 1)",
                    d.id(),
                    d.connection(),
                    d.externalId(),
                    d.cve(),
                    d.title(),
                    d.description(),
                    d.severity(),
                    d.sourceSeverity(),
                    d.score(),
                    d.published());
            long open = cohorts.stream()
                    .filter(c -> c.fixedRun() == null && c.definitions().contains(d.id()))
                    .count();
            insert(db, "insert into definition_count values (?, ?)", d.id(), (int) open);
        }
        for (Cohort c : cohorts) {
            int[] ids = c.definitions().stream().mapToInt(Integer::intValue).toArray();
            for (DefinitionBlock block : DefinitionBlock.of(ids)) {
                insert(
                        db,
                        "insert into finding_cohort (source_record_id, first_run, opened_run, fixed_run, reopened_run,"
                                + " block, definitions) values (?, ?, ?, ?, ?, ?, ?::smallint[])",
                        c.record(),
                        c.firstRun(),
                        c.openedRun(),
                        c.fixedRun(),
                        c.reopenedRun(),
                        block.number(),
                        Arrays.toString(block.elements()).replace('[', '{').replace(']', '}'));
            }
        }
        insert(
                db,
                "insert into open_by_severity select a.asset_id, "
                        + Stream.of("is null", "= 1", "= 2", "= 3", "= 4", "= 5")
                                .map(severity -> "count(*) filter (where d.definition_id is not null and d.severity "
                                        + severity + ")")
                                .collect(Collectors.joining(", "))
                        + ", a.os_name from asset a left join source_record s using (asset_id) left join finding_cohort c"
                        + " on c.source_record_id = s.source_record_id and c.fixed_run is null"
                        + " left join lateral definition_ids(c.block, c.definitions) u(definition_id) on true"
                        + " left join definition d using (definition_id) group by a.asset_id");
        // in two parts, as runs leave it that are not over
        for (int part = 0; part < 2; part++) {
            insert(
                    db,
                    "insert into open_by_definition select os_name, array_agg(definition_id), array_agg(n) from ("
                            + "select a.os_name, u.definition_id, count(*)::int as n from finding_cohort c"
                            + " join source_record s using (source_record_id) join asset a using (asset_id)"
                            + " cross join definition_ids(c.block, c.definitions) u(definition_id)"
                            + " where c.fixed_run is null and s.source_record_id % 2 = ? group by 1, 2) x group by 1",
                    part);
        }
        insert(
                db,
                "insert into open_by_first_run select first_run, sum(cardinality(definitions)) from finding_cohort"
                        + " where fixed_run is null group by 1");
    }

    private static String json(SortedMap<String, List<String>> attributes) {
        List<String> members = new ArrayList<>();
        attributes.forEach((key, values) -> members.add("\"" + key + "\":"
                + (values.size() == 1
                        ? "\"" + values.getFirst() + "\""
                        : "[\"" + String.join("\",\"", values) + "\"]")));
        return "{" + String.join(",", members) + "}";
    }

    private static void insert(Connection db, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = db.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                switch (value) {
                    case null -> statement.setObject(i + 1, null);
                    case Instant instant -> statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
                    case List<?> list -> statement.setArray(i + 1, db.createArrayOf("text", list.toArray()));
                    default -> statement.setObject(i + 1, value);
                }
            }
            statement.executeUpdate();
        }
    }
}

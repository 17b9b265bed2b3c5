// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.inventory.apply.Held;
import org.etmconnect.inventory.apply.IncomingDefinition;
import org.etmconnect.inventory.apply.IncomingRecord;
import org.etmconnect.inventory.apply.InventoryWriter;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A real inventory that runs write to, and a simple idea of what it holds. */
public final class InventoryUnderTest implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestDatabase database = TestDatabase.migrated();
    private final HikariDataSource pool = new HikariDataSource();
    private final RunStore runs;
    private final SortedMap<String, Host> hosts = new TreeMap<>();

    /** A host as a tenant reports it. */
    public record Host(String name, Set<String> cves) {
        public Host {
            cves = Set.copyOf(cves);
        }
    }

    public InventoryUnderTest() {
        pool.setDataSource(database.dataSource());
        pool.setMaximumPoolSize(10);
        runs = new RunStore(pool, Clock.systemUTC());
        empty();
    }

    /** Makes it as it was at first: two connections, no hosts, no destinations. */
    public void empty() {
        hosts.clear();
        execute("""
                truncate connection, profile, run, asset, source_record, identification_log, definition, definition_count,
                         finding_cohort, open_by_severity, open_by_system, open_by_definition, open_by_first_run, destination, delivery, delivered_asset, delivery_tasks, identification_operation,
                         asset_merge restart identity cascade;
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                values ('Tenant', 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now()),
                        ('Other', 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now());
                insert into profile (connection_id, name, transform_map, created_at) values (1, 'Default', 'map', now()),
                        (2, 'Default', 'map', now())""");
    }

    public DataSource database() {
        return pool;
    }

    public HikariDataSource pool() {
        return pool;
    }

    /** What the tenant reports, to be changed before {@link #sync}. */
    public SortedMap<String, Host> hosts() {
        return hosts;
    }

    /** A complete run over what the tenant reports. */
    public void sync() {
        run(1, hosts, true);
    }

    /**
     * A run of a connection.
     *
     * @param sealed whether it saw everything, so that it closes what it did not find
     * @return what it held
     */
    public Optional<Held> run(int connectionId, Map<String, Host> reported, boolean sealed) {
        int runId = runs.queue(connectionId, connectionId, Run.Trigger.MANUAL, "map", Optional.empty())
                .id();
        assertThat(runs.begin(runId, "test")).isTrue();
        Optional<Held> held;
        try (InventoryWriter writer = InventoryWriter.open(
                pool,
                new InventoryWriter.Options(
                        connectionId,
                        runId,
                        sealed,
                        IdentificationRule.defaults(),
                        reported::containsKey,
                        RunCounts.NONE,
                        0))) {
            List<String> names = reported.values().stream()
                    .flatMap(host -> host.cves().stream())
                    .distinct()
                    .sorted()
                    .toList();
            int[] ids = writer.define(names.stream()
                    .map(name -> new IncomingDefinition(name, "", finding(name)))
                    .toList());
            List<IncomingRecord> records = new ArrayList<>();
            reported.forEach((key, host) -> records.add(new IncomingRecord(
                    key,
                    document(key, host.name()),
                    Optional.of(host.cves().stream()
                            .mapToInt(cve -> ids[names.indexOf(cve)])
                            .toArray()))));
            writer.apply(records, List.of());
            held = writer.finish(sealed);
        }
        runs.end(
                runId,
                sealed && held.isEmpty() ? RunState.PROCESSED : RunState.PROCESSED_INCOMPLETE,
                sealed ? List.of() : List.of("A page is missing."),
                Optional.empty());
        return held;
    }

    /** A run that fails. */
    public void fail(String message) {
        int runId =
                runs.queue(1, 1, Run.Trigger.MANUAL, "map", Optional.empty()).id();
        runs.end(runId, RunState.FAILED, List.of(), Optional.of(new Run.Failure(FailureKind.AUTHENTICATION, message)));
    }

    /** The hosts' CVEs in order. */
    public SortedMap<String, TreeSet<String>> cves() {
        SortedMap<String, TreeSet<String>> cves = new TreeMap<>();
        hosts.forEach((key, host) -> cves.put(key, new TreeSet<>(host.cves())));
        return cves;
    }

    private static ObjectNode document(String key, String name) {
        ObjectNode document = JSON.createObjectNode()
                .put("externalAssetId", key)
                .put("hostName", name)
                .put("domain", "corp.example")
                .put("type", "AGENT_TYPE_SERVER")
                .put("firstFoundDate", "2025-01-01T00:00:00Z");
        document.putObject("operatingSystem").put("name", "Windows \"11\"").put("version", "10,0");
        document.putObject("temp_q_customAttributes")
                .put("owner", "ops; \"team\"")
                .putArray("serverTags")
                .add("prod")
                .add("dmz");
        return document;
    }

    private static ObjectNode finding(String name) {
        ObjectNode finding = JSON.createObjectNode()
                .put("externalFindingId", name)
                .put("name", name)
                .put("description", "Line one,\nline \"two\"")
                .put("severity", 3)
                .put("sourceSeverity", "MEDIUM")
                .put("sourceRiskScore", 5.5)
                .put("firstFoundOn", "2024-05-06T07:08:09.000Z");
        finding.putObject("findingType").putObject("vulnerability").put("cveId", name);
        return finding;
    }

    public void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    public String text(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void close() {
        pool.close();
        database.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.qql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.inventory.Schema;
import org.etmconnect.inventory.apply.IncomingDefinition;
import org.etmconnect.inventory.apply.IncomingRecord;
import org.etmconnect.inventory.apply.InventoryWriter;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.simulator.population.Cve;
import org.etmconnect.simulator.population.Endpoint;
import org.etmconnect.simulator.population.PopulationDay;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes days of a simulated fleet into an inventory by the way a sync does, and takes the time of the writing alone. */
public final class FleetApply {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int HOSTS_PER_BATCH = 5_000;

    private final DataSource database;

    /**
     * A day that was written.
     *
     * @param seconds time in the inventory writer; making up the hosts is not in it
     */
    public record Applied(String day, double seconds, long hosts, long findings, RunCounts counts) {

        /** Of the writing alone. */
        public double findingsPerSecond() {
            return findings / seconds;
        }
    }

    /** Over an empty database. */
    public FleetApply(DataSource database) {
        this.database = database;
    }

    /** Empties the database and makes the schema with one connection in it. */
    public void begin() throws SQLException {
        execute("drop schema public cascade; create schema public");
        Schema.migrate(database);
        execute("""
                insert into connection (name, connector, vendor, product, finding_types, field_values, network, created_at)
                values ('Tenant', 'cortex-xdr', 'Palo Alto Networks', 'Cortex XDR', '{VULNERABILITY}', '{}', '{}', now());
                insert into profile (connection_id, name, transform_map, created_at)
                values (1, 'Default', 'Cortex XDR Transformation Map (Vulnerabilities)', now())""");
    }

    /** Writes a day as a run that was observed {@code age} ago. */
    public Applied apply(String name, PopulationDay day, Duration age) {
        RunStore runs = new RunStore(
                database, Clock.fixed(InstantSource.system().instant().minus(age), ZoneOffset.UTC));
        int run = runs.queue(
                        1, 1, Run.Trigger.MANUAL, "Cortex XDR Transformation Map (Vulnerabilities)", Optional.empty())
                .id();
        if (!runs.begin(run, "benchmark")) {
            throw new IllegalStateException("Run " + run + " could not begin: another one is going on");
        }
        long nanos = 0;
        long findings = 0;
        RunCounts counts;
        long begun = System.nanoTime();
        try (InventoryWriter writer = InventoryWriter.open(
                database,
                new InventoryWriter.Options(
                        1,
                        run,
                        true,
                        IdentificationRule.defaults(),
                        key -> day.rankOf(key).isPresent(),
                        RunCounts.NONE,
                        0))) {
            nanos += System.nanoTime() - begun;
            List<IncomingDefinition> definitions = new ArrayList<>();
            for (int cve = 0; cve < day.cveCount(); cve++) {
                definitions.add(definition(day.cve(cve)));
            }
            begun = System.nanoTime();
            int[] ids = writer.define(definitions);
            nanos += System.nanoTime() - begun;
            for (int from = 0; from < day.endpointCount(); from += HOSTS_PER_BATCH) {
                List<IncomingRecord> batch = new ArrayList<>();
                for (int rank = from; rank < Math.min(day.endpointCount(), from + HOSTS_PER_BATCH); rank++) {
                    int[] found =
                            Arrays.stream(day.cvesOf(rank)).map(cve -> ids[cve]).toArray();
                    findings += found.length;
                    batch.add(new IncomingRecord(day.endpointId(rank), host(day.endpoint(rank)), Optional.of(found)));
                }
                begun = System.nanoTime();
                writer.apply(batch, List.of());
                nanos += System.nanoTime() - begun;
            }
            begun = System.nanoTime();
            writer.finish(true);
            nanos += System.nanoTime() - begun;
            counts = writer.counts();
        }
        runs.end(run, RunState.PROCESSED, List.of(), Optional.empty());
        return new Applied(name, nanos / 1e9, day.endpointCount(), findings, counts);
    }

    private static IncomingDefinition definition(Cve cve) {
        ObjectNode finding = JSON.createObjectNode()
                .put("externalFindingId", cve.name())
                .put("name", cve.name())
                .put("description", cve.description())
                .put("severity", Surroundings.etmSeverity(cve.severity()))
                .put("sourceSeverity", cve.severity().name())
                .put("sourceRiskScore", cve.score())
                .put("firstFoundOn", time(cve.published()));
        finding.putObject("findingType").putObject("vulnerability").put("cveId", cve.name());
        return new IncomingDefinition(cve.name(), "", finding);
    }

    private static ObjectNode host(Endpoint endpoint) {
        ObjectNode host = JSON.createObjectNode()
                .put("externalAssetId", endpoint.endpointId())
                .put("hostName", endpoint.name())
                .put("type", endpoint.os().server() ? "SERVER" : "WORKSTATION")
                .put("firstFoundDate", time(endpoint.firstSeen()));
        if (!endpoint.domain().isEmpty()) {
            host.put("domain", endpoint.domain());
        }
        host.putObject("operatingSystem")
                .put("name", endpoint.os().name())
                .put("version", endpoint.os().version());
        ArrayNode interfaces = host.putArray("networkInterfaces");
        endpoint.ipv4().forEach(address -> interfaces.addObject().put("ipv4Address", address));
        endpoint.ipv6().forEach(address -> interfaces.addObject().put("ipv6Address", address));
        endpoint.macAddresses().forEach(address -> interfaces.addObject().put("macAddress", address));
        ObjectNode attributes = host.putObject("temp_q_customAttributes");
        ArrayNode tags = attributes.putArray("serverTags");
        endpoint.serverTags().forEach(tags::add);
        endpoint.cloud()
                .ifPresent(cloud -> host.putObject("asset")
                        .putObject("assetDetail")
                        .putObject("cloudInfo")
                        .put("provider", cloud.provider())
                        .put("instanceId", cloud.instanceId()));
        return host;
    }

    private static String time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

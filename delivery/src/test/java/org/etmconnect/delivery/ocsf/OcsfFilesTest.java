// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.RowFile;
import org.etmconnect.delivery.Verification;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.StreamOutcome;
import org.etmconnect.query.syntax.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Events in files: by the schema's rules, and as DuckDB, which is none of ours, reads them. */
class OcsfFilesTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String ASSETS = "ocsf-inventory-info";
    private static final String FINDINGS = "ocsf-vulnerability-findings";

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    @BeforeEach
    void fill() {
        INVENTORY.empty();
        for (int host = 0; host < 60; host++) {
            Set<String> cves = IntStream.range(0, host % 7)
                    .mapToObj(cve -> "CVE-2024-" + (1000 + cve))
                    .collect(Collectors.toSet());
            INVENTORY.hosts().put("ep \"" + host + "\" ü", new Host("web" + host, cves));
        }
        INVENTORY.sync();
        INVENTORY.execute("""
                update definition set cve_id = null, severity = 5 where external_finding_id = 'CVE-2024-1001';
                update definition set description = null, title = 'Größe ≥ 1' where external_finding_id = 'CVE-2024-1002';
                update asset set addresses = E'fe80::1\\n10.0.0.7', mac_addresses = '00:11:22:33:44:55'
                    where asset_id % 2 = 0;
                update asset set name = null, os_name = null, os_version = null where asset_id % 5 = 0""");
        INVENTORY.hosts().put("ep \"59\" ü", new Host("web59", Set.of("CVE-2024-1000", "CVE-2024-2000")));
        INVENTORY.sync();
    }

    private DeliveryCounts deliver(String format) {
        DeliveryCounts[] counted = {DeliveryCounts.NONE};
        new OcsfFiles(directory, directory.resolve("work"))
                .deliver(new DeliveryWork(
                        INVENTORY.database(),
                        1,
                        new DestinationSettings(Map.of("format", format), Map.of(), NetworkOptions.defaults()),
                        new DeliveryWork.Report() {
                            @Override
                            public void count(DeliveryCounts more) {
                                counted[0] = counted[0].plus(more);
                            }

                            @Override
                            public void rejected(List<Rejection> rejections) {
                                throw new AssertionError(rejections);
                            }

                            @Override
                            public void verified(Verification verification) {
                                throw new AssertionError(verification);
                            }
                        }));
        return counted[0];
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private static List<JsonNode> events(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(JSON::readTree).toList();
    }

    @Test
    void everyEventFollowsTheRulesOfTheVersionThatItDeclares() throws IOException {
        assertThat(OcsfRules.version()).isEqualTo(OcsfEvents.SCHEMA);
        DeliveryCounts counts = deliver("json-lines");
        List<JsonNode> assets = events(file(ASSETS + ".jsonl"));
        List<JsonNode> findings = events(file(FINDINGS + ".jsonl"));

        assertThat(assets).hasSize(60).allSatisfy(event -> OcsfRules.assertValid(event, "inventory_info"));
        assertThat(findings)
                .hasSize((int) counts.findings())
                .allSatisfy(event -> OcsfRules.assertValid(event, "vulnerability_finding"));
        assertThat(findings)
                .allSatisfy(event -> assertThat(event.path("type_uid").asInt())
                        .isEqualTo(event.path("class_uid").asInt() * 100
                                + event.path("activity_id").asInt()));
        JsonNode first = findings.stream()
                .filter(event -> event.at("/finding_info/uid").asString("").equals("ep \"1\" ü/CVE-2024-1000"))
                .findFirst()
                .orElseThrow();
        assertThat(first.at("/vulnerabilities/0/cve/uid").asString()).isEqualTo("CVE-2024-1000");
        assertThat(first.at("/resources/0/hostname").asString()).isEqualTo("web1");
        assertThat(first.at("/metadata/version").asString()).isEqualTo(OcsfEvents.SCHEMA);
        assertThat(first.path("severity_id").asInt()).isEqualTo(3);
    }

    @Test
    void whatAQueryFindsAreTheSameEvents() throws IOException {
        deliver("json-lines");
        List<String> found = exported(OcsfFormat.JSON_LINES).lines().toList();
        List<String> open = found.stream()
                .filter(line -> !line.contains("\"activity_id\":3"))
                .toList();

        assertThat(open)
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(file(FINDINGS + ".jsonl")))
                .hasSizeGreaterThan(150);
        List<JsonNode> fixed = found.stream()
                .filter(line -> line.contains("\"activity_id\":3"))
                .map(JSON::readTree)
                .toList();
        assertThat(fixed).hasSize(2).allSatisfy(event -> {
            OcsfRules.assertValid(event, "vulnerability_finding");
            assertThat(event.path("status_id").asInt()).isEqualTo(4);
            assertThat(event.path("time").asLong())
                    .isGreaterThan(event.at("/finding_info/first_seen_time").asLong());
        });

        ByteArrayOutputStream assets = new ByteArrayOutputStream();
        var file = OcsfExport.ofAssets(OcsfFormat.JSON_LINES, assets);
        assertThat(new AssetSearch(INVENTORY.database()).streamIdentified(new Condition.Everything(), file::row))
                .isEqualTo(new StreamOutcome.Streamed(60));
        assertThat(assets.toString(StandardCharsets.UTF_8).lines())
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(file(ASSETS + ".jsonl")));
    }

    private static String exported(OcsfFormat format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export(format, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void export(OcsfFormat format, OutputStream out) throws IOException {
        try (var file = OcsfExport.ofFindings(format, out)) {
            new FindingSearch(INVENTORY.database()).streamIdentified(new Condition.Everything(), file::row);
            file.finish();
        }
    }

    @Test
    void anotherReaderFindsTheInventoryInBothForms() throws IOException, SQLException {
        deliver("json-lines");
        deliver("parquet");
        try (OutputStream out = Files.newOutputStream(file("query.parquet"))) {
            export(OcsfFormat.PARQUET, out);
        }
        String ofFinding = "finding_info.uid, finding_info.title, finding_info.first_seen_time,"
                + " finding_info.last_seen_time, resources[1].uid, resources[1].hostname, resources[1].ip,"
                + " resources[1].type, vulnerabilities[1].cve.uid, vulnerabilities[1].cve.created_time,"
                + " vulnerabilities[1].advisory.uid, vulnerabilities[1].desc, vulnerabilities[1].severity,"
                + " metadata.version, metadata.product.name, metadata.product.vendor_name, severity_id, status_id, time,"
                + " activity_id, category_uid, class_uid, type_uid";
        String ofAsset = "device.uid, device.hostname, device.name, device.domain, device.ip, device.mac,"
                + " device.first_seen_time, device.last_seen_time, device.type_id, device.os.name, device.os.version,"
                + " device.os.type_id, len(device.network_interfaces),"
                + " list_transform(device.network_interfaces, lambda x: coalesce(x.ip, x.mac)), metadata.product.name, time,"
                + " activity_id, type_uid, severity_id";
        try (Connection reader = DriverManager.getConnection("jdbc:duckdb:")) {
            Set<List<String>> findings = rows(reader, ofFinding, file(FINDINGS + ".jsonl"));
            assertThat(findings).hasSizeGreaterThan(150);
            assertThat(rows(reader, ofFinding, file(FINDINGS + ".parquet"))).isEqualTo(findings);
            assertThat(rows(reader, ofFinding, file("query.parquet")))
                    .containsAll(findings)
                    .hasSize(findings.size() + 2);
            Set<List<String>> assets = rows(reader, ofAsset, file(ASSETS + ".jsonl"));
            assertThat(assets).hasSize(60);
            assertThat(rows(reader, ofAsset, file(ASSETS + ".parquet"))).isEqualTo(assets);
        }
        // and what it read is what the database has
        try (Connection reader = DriverManager.getConnection("jdbc:duckdb:")) {
            assertThat(rows(
                            reader,
                            "resources[1].uid, vulnerabilities[1].cve.uid, finding_info.title, severity_id,"
                                    + " finding_info.first_seen_time",
                            file(FINDINGS + ".parquet")))
                    .isEqualTo(ofInventory("""
                            select s.native_key, d.cve_id, coalesce(d.title, d.external_finding_id), d.severity,
                                floor(extract(epoch from f.observed_at) * 1000)::bigint
                            from source_record s join finding_cohort c using (source_record_id)
                            join run f on f.run_id = c.first_run
                            cross join definition_ids(c.block, c.definitions) u(definition_id) join definition d using (definition_id)
                            where c.fixed_run is null"""));
        }
    }

    private static Set<List<String>> rows(Connection reader, String columns, Path file) throws SQLException {
        String source = file.toString().endsWith(".parquet") ? "read_parquet" : "read_json";
        return rows(reader, "select " + columns + " from " + source + "('" + file + "')");
    }

    private static Set<List<String>> rows(Connection connection, String query) throws SQLException {
        Set<List<String>> rows = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            int count = 0;
            while (row.next()) {
                List<String> cells = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    cells.add(String.valueOf(row.getString(i)));
                }
                rows.add(cells);
                count++;
            }
            assertThat(rows).as(query).hasSize(count);
        }
        return rows;
    }

    private static Set<List<String>> ofInventory(String query) throws SQLException {
        try (Connection connection = INVENTORY.database().getConnection()) {
            return rows(connection, query);
        }
    }

    @Test
    void aFileThatWasNotFinishedIsNotTakenForWhole() throws IOException {
        Path broken = file("broken.parquet");
        try (OutputStream out = Files.newOutputStream(broken);
                RowFile<?> begun = OcsfExport.ofFindings(OcsfFormat.PARQUET, out)) {
            assertThat(begun).isNotNull();
        }
        assertThatThrownBy(() -> {
                    try (Connection reader = DriverManager.getConnection("jdbc:duckdb:")) {
                        rows(reader, "time", broken);
                    }
                })
                .isInstanceOf(SQLException.class);
    }
}

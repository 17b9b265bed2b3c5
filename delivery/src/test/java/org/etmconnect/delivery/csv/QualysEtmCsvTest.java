// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.connector.Targets;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.Verification;
import org.etmconnect.delivery.files.BucketUnderTest;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualysEtmCsvTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();

    @TempDir
    private Path directory;

    private DeliveryCounts counts = DeliveryCounts.NONE;

    @BeforeEach
    void hosts() {
        INVENTORY.empty();
        INVENTORY.hosts().put("ep-1", new Host("web, 1", Set.of("CVE-2024-1", "CVE-2024-2")));
        INVENTORY.hosts().put("ep-2", new Host("web2", Set.of()));
        INVENTORY.hosts().put("ep-3", new Host("web3", Set.of("CVE-2024-2")));
        INVENTORY.sync();
    }

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    private QualysEtmCsv kind() {
        return new QualysEtmCsv(directory.resolve("deliveries"), directory.resolve("work"));
    }

    private static DestinationSettings settings(String... pairs) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return new DestinationSettings(
                values,
                Map.of("secretAccessKey", Secret.of("sekret")),
                NetworkOptions.defaults().withPlainHttp(true));
    }

    private void deliver(DestinationSettings settings) {
        counts = DeliveryCounts.NONE;
        kind().deliver(new DeliveryWork(INVENTORY.database(), 1, settings, new DeliveryWork.Report() {
            @Override
            public void count(DeliveryCounts more) {
                counts = counts.plus(more);
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
    }

    private static List<CSVRecord> read(String text, CSVFormat format) throws IOException {
        return format.builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get()
                .parse(new StringReader(text))
                .getRecords();
    }

    @Test
    void aLineForEachOpenFindingAndOneForEachAssetNamedAfterEtmsPaths() throws IOException {
        deliver(settings("directory", "qualys"));

        Path files = directory.resolve("deliveries/qualys");
        List<CSVRecord> assets = read(Files.readString(files.resolve("etm-assets.csv")), CSVFormat.DEFAULT);
        List<CSVRecord> findings = read(Files.readString(files.resolve("etm-findings.csv")), CSVFormat.DEFAULT);
        assertThat(assets).extracting(row -> row.get("externalAssetId")).containsExactly("ep-1", "ep-2", "ep-3");
        assertThat(assets.getFirst().get("hostName")).isEqualTo("web, 1");
        assertThat(assets.getFirst().get("temp_q_customAttributes.owner")).isEqualTo("ops; \"team\"");
        assertThat(assets.getFirst().get("temp_q_customAttributes.serverTags")).isEqualTo("prod, dmz");
        assertThat(findings)
                .extracting(row -> row.get("externalAssetId") + " " + row.get("finding[].externalFindingId"))
                .containsExactlyInAnyOrder("ep-1 CVE-2024-1", "ep-1 CVE-2024-2", "ep-3 CVE-2024-2");
        assertThat(findings.getFirst().get("finding[].description")).isEqualTo("Line one,\nline \"two\"");
        assertThat(findings.getFirst().get("finding[].severity")).isEqualTo("3");
        assertThat(findings.getFirst().get("finding[].firstFoundOn")).isEqualTo("2024-05-06T07:08:09Z");
        assertThat(findings.getFirst().get("finding[].lastFoundOn")).isNotEmpty();
        assertThat(counts.assets()).isEqualTo(3);
        assertThat(counts.findings()).isEqualTo(3);
    }

    @Test
    void whatIsFixedOrGoneIsNotInTheNextFile() throws IOException {
        deliver(settings());
        INVENTORY.hosts().remove("ep-3");
        INVENTORY.hosts().put("ep-1", new Host("web1", Set.of("CVE-2024-1")));
        INVENTORY.sync();
        deliver(settings());
        Path files = directory.resolve("deliveries");
        assertThat(read(Files.readString(files.resolve("etm-assets.csv")), CSVFormat.DEFAULT))
                .hasSize(2);
        assertThat(read(Files.readString(files.resolve("etm-findings.csv")), CSVFormat.DEFAULT))
                .hasSize(1);
        try (Stream<Path> all = Files.list(files)) {
            assertThat(all).as("files, without drafts").hasSize(2);
        }
    }

    @Test
    void delimiterQualifierAndHeaderAreSettings() throws IOException {
        deliver(settings("delimiter", "semicolon", "qualifier", "single", "header", "no"));
        String assets = Files.readString(directory.resolve("deliveries/etm-assets.csv"));
        List<CSVRecord> rows = CSVFormat.DEFAULT
                .builder()
                .setDelimiter(';')
                .setQuote('\'')
                .get()
                .parse(new StringReader(assets))
                .getRecords();
        assertThat(rows).hasSize(3);
        assertThat(rows.getFirst().get(10)).isEqualTo("ops; \"team\"");
    }

    @Test
    void filesThatCannotBeWrittenLeaveTheOldOnes() throws IOException {
        deliver(settings());
        Path files = directory.resolve("deliveries");
        String before = Files.readString(files.resolve("etm-findings.csv"));
        Files.createDirectory(files.resolve(".etm-findings.csv.part"));
        INVENTORY.hosts().clear();
        INVENTORY.sync();
        assertThatThrownBy(() -> deliver(settings()))
                .isInstanceOf(DeliveryFailure.class)
                .hasMessageContaining("The files cannot be written");
        assertThat(Files.readString(files.resolve("etm-findings.csv"))).isEqualTo(before);
    }

    @Test
    void aDirectoryOutsideOfTheServersIsRefused() {
        assertThat(kind().check(settings("directory", "../../etc")))
                .extracting(Problem::field)
                .contains("directory");
        assertThat(kind().check(settings("directory", "/etc")))
                .extracting(Problem::field)
                .contains("directory");
        assertThat(kind().check(settings("directory", "a/b"))).isEmpty();
    }

    @Test
    void aBucketIsGivenWholeObjects() throws IOException {
        try (BucketUnderTest bucket = new BucketUnderTest()) {
            DestinationSettings settings = settings(
                    "target",
                    "s3",
                    "bucket",
                    "inventory",
                    "prefix",
                    "cortex",
                    "endpoint",
                    bucket.url().toString(),
                    "accessKeyId",
                    "AKIA");
            assertThat(kind().test(settings).checks())
                    .allMatch(check -> check.message().contains("s3://inventory/cortex/"));
            deliver(settings);
            assertThat(bucket.objects)
                    .containsOnlyKeys("/inventory/cortex/etm-assets.csv", "/inventory/cortex/etm-findings.csv");
            byte[] assets = bucket.objects.getOrDefault("/inventory/cortex/etm-assets.csv", new byte[0]);
            assertThat(read(new String(assets, StandardCharsets.UTF_8), CSVFormat.DEFAULT))
                    .hasSize(3);
            try (Stream<Path> left = Files.list(directory.resolve("work"))) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void aWrongBucketIsNamedAndTheSecretIsNot() throws IOException {
        try (BucketUnderTest bucket = new BucketUnderTest()) {
            DestinationSettings settings = settings(
                    "target", "s3", "bucket", "other", "endpoint", bucket.url().toString(), "accessKeyId", "AKIA");
            assertThat(kind().test(settings).checks().getFirst().message())
                    .contains("The specified bucket does not exist")
                    .doesNotContain("sekret");
        }
    }

    @Test
    void anEndpointInsideTheNetworkIsRefused() {
        DestinationSettings inside = new DestinationSettings(
                Map.of("target", "s3", "bucket", "b", "endpoint", "https://169.254.169.254", "accessKeyId", "A"),
                Map.of("secretAccessKey", Secret.of("s")),
                NetworkOptions.defaults().withTargets(Targets.internet()));
        assertThat(kind().check(inside)).extracting(Problem::field).containsExactly("endpoint");
    }
}

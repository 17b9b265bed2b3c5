// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.cyclonedx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.cyclonedx.Version;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.vulnerability.Vulnerability;
import org.cyclonedx.parsers.JsonParser;
import org.etmconnect.delivery.InventoryUnderTest;
import org.etmconnect.delivery.InventoryUnderTest.Host;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.syntax.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VexExportTest {

    private static final InventoryUnderTest INVENTORY = new InventoryUnderTest();

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        INVENTORY.close();
    }

    private Path export() throws IOException {
        Path file = directory.resolve("vex.json");
        Path work = directory.resolve("work");
        try (OutputStream out = Files.newOutputStream(file);
                VexExport vex = new VexExport(out, work, Instant.parse("2026-01-02T03:04:05Z"))) {
            new FindingSearch(INVENTORY.database()).streamIdentified(new Condition.Everything(), vex::row);
            vex.finish();
        }
        try (Stream<Path> left = Files.list(work)) {
            assertThat(left).isEmpty();
        }
        return file;
    }

    @Test
    void theDocumentFollowsThePublishedSchemaAndNamesEachFindingOnItsHost() throws IOException, ParseException {
        INVENTORY.empty();
        INVENTORY.hosts().put("ep \"1\"", new Host("web1", Set.of("CVE-2024-1", "CVE-2024-2", "CVE-2024-3")));
        INVENTORY.hosts().put("ep-2", new Host("web2", Set.of("CVE-2024-1")));
        INVENTORY.hosts().put("ep-3", new Host("web3", Set.of()));
        INVENTORY.sync();
        INVENTORY.execute("""
                update definition set severity = null, description = null, source_risk_score = null, published = null
                    where external_finding_id = 'CVE-2024-2';
                update asset set name = null, os_name = null, addresses = E'10.0.0.1\\n::1' where name = 'web2'""");
        INVENTORY.hosts().put("ep \"1\"", new Host("web1", Set.of("CVE-2024-1", "CVE-2024-2")));
        INVENTORY.sync();
        Path file = export();

        JsonParser parser = new JsonParser();
        assertThat(parser.validate(file.toFile(), Version.VERSION_16)).isEmpty();
        Bom bom = parser.parse(file.toFile());
        assertThat(bom.getComponents())
                .extracting(Component::getBomRef, Component::getName)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("asset:ep \"1\"", "web1"),
                        org.assertj.core.groups.Tuple.tuple("asset:ep-2", "ep-2"));
        assertThat(bom.getVulnerabilities().stream().map(VexExportTest::words))
                .containsExactlyInAnyOrder(
                        "CVE-2024-1 on [asset:ep \"1\"]: IN_TRIAGE, MEDIUM 5.5",
                        "CVE-2024-2 on [asset:ep \"1\"]: IN_TRIAGE, UNKNOWN null",
                        "CVE-2024-3 on [asset:ep \"1\"]: RESOLVED, MEDIUM 5.5",
                        "CVE-2024-1 on [asset:ep-2]: IN_TRIAGE, MEDIUM 5.5");
    }

    private static String words(Vulnerability vulnerability) {
        Vulnerability.Rating rating = vulnerability.getRatings().getFirst();
        return vulnerability.getId() + " on "
                + vulnerability.getAffects().stream()
                        .map(Vulnerability.Affect::getRef)
                        .toList() + ": " + vulnerability.getAnalysis().getState() + ", " + rating.getSeverity() + " "
                + rating.getScore();
    }

    @Test
    void aDocumentOfNothingIsADocument() throws IOException, ParseException {
        INVENTORY.empty();
        Path file = export();
        assertThat(new JsonParser().validate(file.toFile(), Version.VERSION_16)).isEmpty();
        assertThat(List.of(Files.readString(file).split("\n"))).hasSize(2);
    }
}

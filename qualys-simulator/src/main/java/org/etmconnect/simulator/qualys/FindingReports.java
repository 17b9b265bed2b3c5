// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reports of findings: asked for, in the making for one look, then a ZIP of parts. Of the query only what can be told from it
 * is obeyed: {@code finding.status:ACTIVE} leaves out what is fixed. Safe for use by several threads.
 */
final class FindingReports {

    private static final int FINDINGS_OF_A_PART = 100;

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Map<String, Report> reports = new ConcurrentHashMap<>();

    private static final class Report {
        final List<ObjectNode> findings;
        boolean lookedAt;

        Report(List<ObjectNode> findings) {
            this.findings = findings;
        }
    }

    /** Asks for one; empty if the query is none. */
    Optional<String> ask(String query, Map<String, ReceivedAsset> assets) {
        if (!query.startsWith("finding.") || !query.contains(":")) {
            return Optional.empty();
        }
        List<ObjectNode> findings = new ArrayList<>();
        assets.forEach((key, asset) -> asset.findings().values().forEach(finding -> {
            if (!query.contains("finding.status:ACTIVE")
                    || finding.path("findingStatus").asString("").equals("ACTIVE")) {
                findings.add(finding.deepCopy().put("sourceNativeKey", key));
            }
        }));
        String id = UUID.randomUUID().toString();
        reports.put(id, new Report(findings));
        return Optional.of(id);
    }

    /** How far it is; empty if there is none. */
    Optional<String> status(String id) {
        Report report = reports.get(id);
        if (report == null) {
            return Optional.empty();
        }
        synchronized (report) {
            String status = report.lookedAt ? "COMPLETED" : "REQUESTED";
            report.lookedAt = true;
            return Optional.of(status);
        }
    }

    /** The ZIP; empty if there is none. */
    Optional<byte[]> download(String id) {
        return Optional.ofNullable(reports.get(id)).map(report -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
                int part = 0;
                for (int from = 0; part == 0 || from < report.findings.size(); from += FINDINGS_OF_A_PART) {
                    zip.putNextEntry(new ZipEntry("part_" + ++part + ".json"));
                    zip.write(mapper.writeValueAsBytes(report.findings.subList(
                            from, Math.min(report.findings.size(), from + FINDINGS_OF_A_PART))));
                    zip.closeEntry();
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return bytes.toByteArray();
        });
    }
}

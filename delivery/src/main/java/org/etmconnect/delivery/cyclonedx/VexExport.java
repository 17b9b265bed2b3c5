// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.cyclonedx;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.etmconnect.delivery.RowFile;
import org.etmconnect.query.AssetIdentity;
import org.etmconnect.query.FindingRow;
import org.etmconnect.query.Identified;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Findings as a CycloneDX document: a vulnerability for each finding, with what is known of it on its host, and a component
 * for each host. Findings come by host and are written as they come; the hosts wait in a file until the last one.
 */
public final class VexExport implements RowFile<Identified<FindingRow>> {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final OutputStream out;
    private final Path waiting;
    private final OutputStream components;
    private boolean first = true;
    private int lastAsset = -1;

    /**
     * Begins a document.
     *
     * @param out is not closed
     * @param work where hosts wait in a file, which {@link #close} deletes
     * @param now the document's date
     */
    public VexExport(OutputStream out, Path work, Instant now) throws IOException {
        this.out = out;
        ObjectNode tool = JsonNodeFactory.instance.objectNode().put("type", "application");
        tool.put("name", "ETM Connect");
        write("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"serialNumber\":\"urn:uuid:" + UUID.randomUUID()
                + "\",\"version\":1,\"metadata\":{\"timestamp\":\"" + now + "\",\"tools\":{\"components\":[" + tool
                + "]}},\"vulnerabilities\":[");
        try {
            Files.createDirectories(work);
            this.waiting = Files.createTempFile(work, "vex-", ".components");
            this.components = new BufferedOutputStream(Files.newOutputStream(waiting));
        } catch (IOException failure) {
            throw noSpace(failure);
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static UncheckedIOException noSpace(IOException failure) {
        return new UncheckedIOException(
                "The hosts of an export could not be written to the data directory. Check its space", failure);
    }

    @Override
    public void row(Identified<FindingRow> found) throws IOException {
        AssetIdentity asset = found.asset();
        if (asset.id() != lastAsset) {
            try {
                if (lastAsset >= 0) {
                    components.write(',');
                }
                components.write(JSON.writeValueAsBytes(component(asset)));
            } catch (IOException failure) {
                throw noSpace(failure);
            }
            lastAsset = asset.id();
        }
        if (!first) {
            out.write(',');
        }
        first = false;
        out.write('\n');
        out.write(JSON.writeValueAsBytes(vulnerability(found.row(), asset)));
    }

    private static String reference(AssetIdentity asset) {
        return "asset:" + asset.key();
    }

    private static ObjectNode component(AssetIdentity asset) {
        ObjectNode component = JsonNodeFactory.instance.objectNode();
        component.put("type", "device");
        component.put("bom-ref", reference(asset));
        component.put("name", asset.name().orElse(asset.key()));
        ArrayNode properties = JsonNodeFactory.instance.arrayNode();
        asset.domain().ifPresent(domain -> property(properties, "domain", domain));
        asset.addresses().forEach(address -> property(properties, "ipAddress", address));
        asset.macAddresses().forEach(mac -> property(properties, "macAddress", mac));
        property(properties, "externalAssetId", asset.key());
        component.set("properties", properties);
        asset.operatingSystemName().ifPresent(name -> {
            ObjectNode os = component.putArray("components").addObject();
            os.put("type", "operating-system").put("name", name);
            asset.operatingSystemVersion().ifPresent(version -> os.put("version", version));
        });
        return component;
    }

    private static void property(ArrayNode properties, String name, String value) {
        properties.addObject().put("name", "etm-connect:" + name).put("value", value);
    }

    private static ObjectNode vulnerability(FindingRow finding, AssetIdentity asset) {
        ObjectNode vulnerability = JsonNodeFactory.instance.objectNode();
        vulnerability.put("bom-ref", "finding:" + finding.id());
        vulnerability.put("id", finding.cveId().orElse(finding.externalFindingId()));
        vulnerability.putObject("source").put("name", finding.vendorProductName());
        ObjectNode rating = vulnerability.putArray("ratings").addObject();
        rating.putObject("source").put("name", finding.vendorProductName());
        finding.sourceRiskScore().ifPresent(score -> rating.put("score", score));
        rating.put("severity", severity(finding.severity().orElse(0)));
        rating.put("method", "other");
        finding.description().ifPresent(text -> vulnerability.put("description", text));
        finding.cvePublished().ifPresent(time -> vulnerability.put("published", time.toString()));
        ObjectNode analysis = vulnerability.putObject("analysis");
        // nobody has judged whether what is open can be exploited
        analysis.put("state", finding.fixedOn().isPresent() ? "resolved" : "in_triage");
        analysis.put("detail", detail(finding));
        finding.firstFound().ifPresent(time -> analysis.put("firstIssued", time.toString()));
        finding.fixedOn().or(finding::lastFound).ifPresent(time -> analysis.put("lastUpdated", time.toString()));
        vulnerability.putArray("affects").addObject().put("ref", reference(asset));
        return vulnerability;
    }

    private static String detail(FindingRow finding) {
        return finding.fixedOn()
                .map(fixed -> finding.vendorProductName() + " no longer finds it.")
                .orElseGet(() -> finding.vendorProductName() + " finds it on this host"
                        + finding.reopenedOn()
                                .map(_ -> " again, after it was gone.")
                                .orElse("."));
    }

    private static String severity(int severity) {
        return switch (severity) {
            case 5 -> "critical";
            case 4 -> "high";
            case 3 -> "medium";
            case 2 -> "low";
            case 1 -> "info";
            default -> "unknown";
        };
    }

    @Override
    public void finish() throws IOException {
        write("\n],\"components\":[");
        try {
            components.close();
        } catch (IOException failure) {
            throw noSpace(failure);
        }
        Files.copy(waiting, out);
        write("]}\n");
    }

    @Override
    public void close() throws IOException {
        try (components) {
            Files.deleteIfExists(waiting);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.AssetRecord.OpenFindings;
import org.etmconnect.delivery.records.Definitions;
import org.etmconnect.delivery.records.FindingDefinition;
import org.etmconnect.delivery.records.InventoryFiles;

/**
 * Writes the whole inventory as OCSF events: a Device Inventory Info for each active asset, a Vulnerability Finding for each
 * open finding.
 */
public final class OcsfWriter {

    private static final int BUFFER = 1 << 20;

    private final DataSource database;
    private final OcsfFormat format;

    /** @param database the inventory */
    public OcsfWriter(DataSource database, OcsfFormat format) {
        this.database = database;
        this.format = format;
    }

    /**
     * Writes both files; the streams stay open.
     *
     * @return how many assets and findings they hold
     * @throws UncheckedIOException if a stream cannot be written to
     */
    public DeliveryCounts write(OutputStream assetFile, OutputStream findingFile) {
        OutputStream assets = new BufferedOutputStream(assetFile, BUFFER);
        OutputStream findings = new BufferedOutputStream(findingFile, BUFFER);
        try {
            DeliveryCounts counts = write(EventFile.ofAssets(format, assets), EventFile.ofFindings(format, findings));
            assets.flush();
            findings.flush();
            return counts;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What is kept of a definition. */
    private record Known<P>(FindingDefinition definition, P part) {}

    private <P> DeliveryCounts write(EventFile<?> assets, EventFile<P> findings) throws IOException {
        Definitions<Known<P>> definitions = new Definitions<>(
                definition -> new Known<>(definition, findings.prepared(OcsfEvents.ofDefinition(definition))));
        DeliveryCounts counts = new InventoryFiles(database).write(definitions, asset -> {
            assets.write(OcsfEvents.inventoryInfo(asset));
            return findings(asset, definitions, findings);
        });
        assets.finish();
        findings.finish();
        return counts;
    }

    private static <P> long findings(AssetRecord asset, Definitions<Known<P>> definitions, EventFile<P> file)
            throws IOException {
        // only several connections, or several runs, can bring the same finding twice
        Set<String> seen = asset.findings().size() > 1 ? new HashSet<>() : Set.of();
        Map<String, P> byProduct = new HashMap<>();
        long count = 0;
        for (OpenFindings open : asset.findings()) {
            P ofAsset = byProduct.computeIfAbsent(
                    open.vendor() + "\n" + open.product(),
                    _ -> file.prepared(OcsfEvents.ofAsset(asset, open.vendor(), open.product())));
            P state = file.prepared(OcsfEvents.open(asset, open.firstFound(), open.lastFound()));
            for (int id : open.definitions()) {
                Known<P> known = definitions.get(id);
                if (asset.findings().size() > 1 && !seen.add(known.definition().externalFindingId())) {
                    continue;
                }
                file.write(ofAsset, state, known.part(), OcsfEvents.uid(asset, known.definition()));
                count++;
            }
        }
        return count;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.delivery.RowFile;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.FindingDefinition;
import org.etmconnect.query.AssetIdentity;
import org.etmconnect.query.AssetRow;
import org.etmconnect.query.FindingRow;
import org.etmconnect.query.Identified;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a query found as OCSF events: the same events that a destination is given. */
public final class OcsfExport {

    private OcsfExport() {}

    /** Writes a Device Inventory Info for each asset. */
    public static RowFile<Identified<AssetRow>> ofAssets(OcsfFormat format, OutputStream out) throws IOException {
        EventFile<?> file = EventFile.ofAssets(format, out);
        return new RowFile<>() {
            @Override
            public void row(Identified<AssetRow> found) throws IOException {
                file.write(OcsfEvents.inventoryInfo(asset(
                        found.asset(), found.row().firstFound(), found.row().lastFound())));
            }

            @Override
            public void finish() throws IOException {
                file.finish();
            }
        };
    }

    /**
     * Writes a Vulnerability Finding for each finding: one that is fixed as closed. What several connections found is several
     * events.
     */
    public static RowFile<Identified<FindingRow>> ofFindings(OcsfFormat format, OutputStream out) throws IOException {
        return new Findings<>(EventFile.ofFindings(format, out));
    }

    private static AssetRecord asset(AssetIdentity asset, Optional<Instant> firstFound, Optional<Instant> lastFound) {
        return new AssetRecord(
                asset.id(),
                asset.key(),
                asset.name(),
                asset.domain(),
                asset.type(),
                asset.operatingSystemName(),
                asset.operatingSystemVersion(),
                firstFound,
                lastFound,
                asset.addresses(),
                asset.macAddresses(),
                asset.cloudProvider(),
                asset.cloudInstance(),
                JsonNodeFactory.instance.objectNode(),
                asset.vendor(),
                asset.product(),
                true,
                List.of());
    }

    /** Findings come by asset, so parts of one asset are kept until the next; those of definitions while there is room. */
    private static final class Findings<P> implements RowFile<Identified<FindingRow>> {

        private static final int MOST_DEFINITIONS = 20_000;

        private record State(Optional<Instant> first, Optional<Instant> last, Optional<Instant> fixedOn) {}

        private record Known<P>(FindingDefinition definition, P part) {}

        private final EventFile<P> file;
        private final Map<Integer, Known<P>> definitions = new HashMap<>();
        private final Map<String, P> byProduct = new HashMap<>();
        private final Map<State, P> states = new HashMap<>();
        private Optional<AssetRecord> asset = Optional.empty();

        Findings(EventFile<P> file) {
            this.file = file;
        }

        @Override
        public void row(Identified<FindingRow> found) throws IOException {
            FindingRow row = found.row();
            AssetRecord on = asset.filter(known -> known.id() == row.assetId()).orElseGet(() -> {
                byProduct.clear();
                states.clear();
                return asset(found.asset(), Optional.empty(), row.lastFound());
            });
            asset = Optional.of(on);
            P ofAsset = byProduct.computeIfAbsent(
                    row.vendorName() + "\n" + row.vendorProductName(),
                    _ -> file.prepared(OcsfEvents.ofAsset(on, row.vendorName(), row.vendorProductName())));
            P state = states.computeIfAbsent(
                    new State(row.firstFound(), row.lastFound(), row.fixedOn()),
                    key -> file.prepared(key.fixedOn()
                            .map(fixed -> OcsfEvents.fixed(on, key.first(), key.last(), fixed))
                            .orElseGet(() -> OcsfEvents.open(on, key.first(), key.last()))));
            if (definitions.size() > MOST_DEFINITIONS) {
                definitions.clear();
            }
            Known<P> known = definitions.computeIfAbsent(row.definitionId(), _ -> known(row));
            file.write(ofAsset, state, known.part(), OcsfEvents.uid(on, known.definition()));
        }

        private Known<P> known(FindingRow row) {
            FindingDefinition definition = new FindingDefinition(
                    row.definitionId(),
                    row.externalFindingId(),
                    row.cveId(),
                    row.title(),
                    row.description(),
                    row.severity(),
                    row.sourceSeverity(),
                    row.sourceRiskScore().map(Double::floatValue),
                    row.cvePublished(),
                    Optional.empty());
            return new Known<>(definition, file.prepared(OcsfEvents.ofDefinition(definition)));
        }

        @Override
        public void finish() throws IOException {
            file.finish();
        }
    }
}

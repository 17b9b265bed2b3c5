// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.identification.Decision;
import org.etmconnect.inventory.identification.IdentityAttribute;
import tools.jackson.databind.json.JsonMapper;

/** Keeps why each record belongs to its asset, unless it made it and there is no more to say: see the view identification. */
final class IdentificationLog {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private IdentificationLog() {}

    static void write(Connection connection, int runId, List<Change> records, List<Decision> decisions)
            throws SQLException {
        BitSet told = new BitSet();
        for (int i = 0; i < decisions.size(); i++) {
            told.set(
                    i,
                    !(decisions.get(i) instanceof Decision.NewAsset made
                            && made.tried().isEmpty()));
        }
        if (told.isEmpty()) {
            return;
        }
        try (BinaryCopy copy = BinaryCopy.into(
                connection,
                "identification_log",
                List.of("asset_id", "source_record_id", "run_id", "rule", "matched", "considered"))) {
            for (int i = told.nextSetBit(0); i >= 0; i = told.nextSetBit(i + 1)) {
                Change record = records.get(i);
                Decision decision = decisions.get(i);
                copy.startRow().writeInt(record.assetId).writeInt(record.id).writeInt(runId);
                switch (decision) {
                    case Decision.Existing existing ->
                        copy.writeText(existing.rule())
                                .writeJsonb(JSON.writeValueAsString(byTitle(existing.matched())));
                    case Decision.NewAsset ignored -> copy.writeText(null).writeJsonb(null);
                }
                copy.writeJsonb(decision.tried().isEmpty() ? null : JSON.writeValueAsString(decision.tried()));
            }
            copy.finish();
        }
    }

    private static Map<String, Set<String>> byTitle(Map<IdentityAttribute, Set<String>> matched) {
        Map<String, Set<String>> titles = new LinkedHashMap<>();
        matched.forEach((attribute, values) -> titles.put(attribute.title(), values));
        return titles;
    }
}

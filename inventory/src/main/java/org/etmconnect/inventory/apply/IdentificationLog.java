// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.identification.Decision;
import org.etmconnect.inventory.identification.IdentityAttribute;
import tools.jackson.databind.json.JsonMapper;

/** Keeps why each record belongs to its asset. */
final class IdentificationLog {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private IdentificationLog() {}

    static void write(Connection connection, int runId, List<Change> records, List<Decision> decisions)
            throws SQLException {
        try (BinaryCopy copy = BinaryCopy.into(
                connection,
                "identification_log",
                List.of("asset_id", "source_record_id", "run_id", "rule", "matched", "considered"))) {
            for (int i = 0; i < decisions.size(); i++) {
                Change record = records.get(i);
                Decision decision = decisions.get(i);
                copy.row().int4(record.assetId).int4(record.id).int4(runId);
                switch (decision) {
                    case Decision.Existing existing ->
                        copy.text(existing.rule()).jsonb(JSON.writeValueAsString(byTitle(existing.matched())));
                    case Decision.NewAsset ignored -> copy.text(null).jsonb(null);
                }
                copy.jsonb(decision.tried().isEmpty() ? null : JSON.writeValueAsString(decision.tried()));
            }
            copy.end();
        }
    }

    private static Map<String, Set<String>> byTitle(Map<IdentityAttribute, Set<String>> matched) {
        Map<String, Set<String>> titles = new LinkedHashMap<>();
        matched.forEach((attribute, values) -> titles.put(attribute.title(), values));
        return titles;
    }
}

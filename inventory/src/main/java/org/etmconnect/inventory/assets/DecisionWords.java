// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.assets;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says in words what identification, or people, decided about a record. */
final class DecisionWords {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private DecisionWords() {}

    /**
     * The decision of a row of the identification log.
     *
     * @param row the log's row, with its operation's columns
     * @param assetId the asset whose log is read
     * @param matched the values that agreed, by attribute
     */
    static String sentence(ResultSet row, int assetId, Map<String, Set<String>> matched) throws SQLException {
        String record = "Record " + row.getString("native_key");
        String kind = row.getString("kind");
        String by = " by " + row.getString("author");
        int from = row.getInt("from_asset_id");
        int to = row.getInt("asset_id");
        String rule = row.getString("rule");
        if (kind == null) {
            return ofRun(record, row.getInt("run_id"), to == assetId ? "this asset" : "asset " + to, rule, matched)
                    + considered(row.getString("considered"));
        }
        String way = " from " + name(from, assetId) + " to " + name(to, assetId);
        return switch (kind) {
            case "SPLIT" ->
                record + " was split off" + way + by + " (split " + row.getInt("operation_id") + ")"
                        + reason(row.getString("reason")) + " What was split is kept apart until the split is undone.";
            case "UNSPLIT" ->
                record + " went back" + way + ": split " + row.getInt("undone_split") + " was undone" + by + ".";
            default ->
                record + " went" + way + " when the inventory was re-identified" + by + ": "
                        + (rule == null
                                ? "no rule joins it there any more."
                                : "matched by " + rule + ": " + values(matched) + ".");
        };
    }

    private static String ofRun(
            String record, int runId, String asset, @Nullable String rule, Map<String, Set<String>> matched) {
        if (rule == null) {
            return record + " made " + asset + " in run " + runId + ": no identification rule found exactly one asset.";
        }
        String there = asset.equals("this asset") ? "" : " to " + asset;
        return record + " matched by " + rule + there + " in run " + runId + ": " + values(matched) + ".";
    }

    private static String name(int asset, int reader) {
        return asset == reader ? "this asset" : "asset " + asset;
    }

    private static String reason(String reason) {
        return reason.isBlank() ? "." : ": " + reason + (reason.endsWith(".") ? "" : ".");
    }

    private static String values(Map<String, Set<String>> matched) {
        return matched.entrySet().stream()
                .map(entry -> entry.getKey() + " " + String.join(", ", entry.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String considered(@Nullable String considered) {
        StringBuilder words = new StringBuilder();
        if (considered != null) {
            for (JsonNode tried : JSON.readTree(considered)) {
                List<String> candidates = new ArrayList<>();
                tried.path("candidates").forEach(candidate -> candidates.add(candidate.asString()));
                words.append(" Before that, ").append(tried.path("rule").asString());
                words.append(" found asset ").append(String.join(", ", candidates));
                words.append(" but did not decide: ")
                        .append(tried.path("why").asString())
                        .append('.');
            }
        }
        return words.toString();
    }
}

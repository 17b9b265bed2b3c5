// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.runs.RunCounts;
import tools.jackson.databind.JsonNode;

/**
 * What a run would change in the inventory.
 *
 * @param counts what the run's counts would be
 * @param merged assets that would hold hosts which are several assets now, or none yet
 * @param split assets whose hosts would be several assets
 * @param mergeExamples some hosts that would join an asset
 * @param splitExamples some hosts that would leave an asset
 * @param assetFields fields of known hosts that would change
 * @param definitionFields fields of known definitions that would change
 * @param findingsOfChangedDefinitions how many findings of those are open now
 */
public record InventoryChanges(
        RunCounts counts,
        long merged,
        long split,
        List<Move> mergeExamples,
        List<Move> splitExamples,
        List<Field> assetFields,
        List<Field> definitionFields,
        long findingsOfChangedDefinitions) {

    public InventoryChanges {
        mergeExamples = List.copyOf(mergeExamples);
        splitExamples = List.copyOf(splitExamples);
        assetFields = List.copyOf(assetFields);
        definitionFields = List.copyOf(definitionFields);
    }

    /** The same with other counts. */
    public InventoryChanges with(RunCounts others) {
        return new InventoryChanges(
                others,
                merged,
                split,
                mergeExamples,
                splitExamples,
                assetFields,
                definitionFields,
                findingsOfChangedDefinitions);
    }

    /**
     * A host whose asset would be another.
     *
     * @param nativeKey its key by the map
     * @param from the asset it is now, if it is known
     * @param to the asset it would be; empty if that would be a new one
     * @param rule the identification rule that would decide; empty if none did
     * @param why in words
     */
    public record Move(
            String nativeKey, Optional<Integer> from, Optional<Integer> to, Optional<String> rule, String why) {}

    /**
     * A field that would change.
     *
     * @param target its path, e.g. {@code operatingSystem.name}
     * @param documents in how many documents
     */
    public record Field(String target, long documents, List<Example> examples) {
        public Field {
            examples = List.copyOf(examples);
        }
    }

    /**
     * One such change.
     *
     * @param of the key of the host or definition
     * @param before empty if it had no value; long texts and lists are cut
     * @param after empty if it would have no value
     */
    public record Example(String of, Optional<JsonNode> before, Optional<JsonNode> after) {}
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.time.Instant;
import java.util.List;
import org.etmconnect.inventory.apply.InventoryChanges;
import org.etmconnect.transform.MapProblem;

/**
 * What a dry run found.
 *
 * @param runId the run whose snapshot was used
 * @param snapshotAt when that snapshot ended
 * @param sealed whether that snapshot is provably complete
 * @param missing why a replay would close and retire nothing; empty if it would
 * @param warnings what is worth knowing of the map
 * @param hostDependent whether each host would store its own text of each finding
 * @param fill each field of the target model
 * @param failures values that fail to convert, by row
 * @param changes what a replay would change; its counts are a replay's counts
 */
public record DryRunResult(
        int runId,
        Instant snapshotAt,
        boolean sealed,
        List<String> missing,
        List<MapProblem> warnings,
        boolean hostDependent,
        List<Fill> fill,
        List<RowFailures> failures,
        InventoryChanges changes) {

    public DryRunResult {
        missing = List.copyOf(missing);
        warnings = List.copyOf(warnings);
        fill = List.copyOf(fill);
        failures = List.copyOf(failures);
    }

    /**
     * How often a field has a value.
     *
     * @param target its path, e.g. {@code networkInterfaces[].macAddress}
     * @param mapped whether a row leads to it
     * @param ofFindings whether vulnerabilities are counted; else hosts
     * @param filled how many have it
     * @param of how many there are
     */
    public record Fill(String target, boolean mapped, boolean ofFindings, long filled, long of) {}

    /** A row whose values fail to convert. */
    public record RowFailures(int row, String source, String target, long count, List<FailureExample> examples) {
        public RowFailures {
            examples = List.copyOf(examples);
        }
    }

    /**
     * One such value.
     *
     * @param of the key of the host or vulnerability; empty if it has none
     * @param value as JSON text, cut
     */
    public record FailureExample(String of, String value, String reason) {}
}

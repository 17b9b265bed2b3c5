// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.List;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import tools.jackson.databind.node.ObjectNode;

/**
 * A transform map compiled against its models. Immutable; safe for use by several threads; applying it does no I/O and
 * leaves what it reads unchanged.
 *
 * <p>In the documents it makes, fields stand in the order of the target model (names beyond the model in the order of the
 * rows), instants are text such as {@code 2024-04-22T07:40:50.561Z} (UTC, milliseconds), severities are numbers from 1 to 5,
 * and what is absent is left out. So equal input gives equal bytes.
 *
 * <p>What cannot be converted spoils the smallest unit: the finding, else the record.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class TransformPlan {

    private TransformPlan() {}

    /**
     * Checks a map against its models and compiles it.
     *
     * @param sharedArray the field of the source model whose elements many records share, e.g. {@code cves}, as {@link
     *     SourceRecords#sharedArray} says; empty if there is none
     */
    public static Compilation compile(
            TransformMap map, DataModel sourceModel, DataModel targetModel, String sharedArray) {
        throw new UnsupportedOperationException();
    }

    /** The map this does. */
    public TransformMap map() {
        throw new UnsupportedOperationException();
    }

    /** Whether the map makes findings at all. */
    public boolean makesFindings() {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether a finding depends on more than its shared item: a row into {@code finding[]} reads the record or another array.
     * Then {@link #item} cannot be used, and findings are made for each host by {@link #findings}.
     */
    public boolean findingsDependOnRecord() {
        throw new UnsupportedOperationException();
    }

    /**
     * The finding that an item of the shared array makes, the same for each host that has it.
     *
     * @throws IllegalStateException if the map makes no findings or {@link #findingsDependOnRecord}
     */
    public MappedItem item(ObjectNode sharedItem) {
        throw new UnsupportedOperationException();
    }

    /** The host asset that a record makes, without its findings. Of {@code record}, only the document is read. */
    public MappedRecord record(SourceRecord record) {
        throw new UnsupportedOperationException();
    }

    /**
     * The findings of one host: one for each of its shared items, in their order, then those that other arrays of the record
     * make. Works for every map; for one whose findings do not depend on the record it only costs more than {@link #item}.
     */
    public List<MappedItem> findings(SourceRecord record, SourceRecords records) {
        throw new UnsupportedOperationException();
    }

    /**
     * The whole target document of a whole source record.
     *
     * @param wholeSourceRecord as the source model describes it, with the shared array in it
     */
    public MappedDocument document(ObjectNode wholeSourceRecord) {
        throw new UnsupportedOperationException();
    }

    /** Like {@link #document}, and says of each value where it comes from or why it is not there. Not for the hot path. */
    public Explanation explain(ObjectNode wholeSourceRecord) {
        throw new UnsupportedOperationException();
    }
}

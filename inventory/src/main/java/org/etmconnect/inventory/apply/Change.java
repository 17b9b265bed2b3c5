// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.Arrays;
import java.util.List;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.jspecify.annotations.Nullable;

/** A host of a batch that needs to be written, and what is worked out for it on the way. */
final class Change {

    final IncomingRecord record;
    /** The definitions the run found, ascending; null if it does not know them. */
    final int @Nullable [] found;

    final byte[] json;
    final byte[] fingerprint;

    /** Of what is open once this is written; null if that differs from what was found, or is not known. */
    byte @Nullable [] findingsFingerprint;

    int id;
    int assetId;

    private final @Nullable Known known;
    private @Nullable AssetColumns columns;
    private @Nullable IdentityAttributes identity;

    Change(
            IncomingRecord record,
            int @Nullable [] found,
            byte[] json,
            byte[] fingerprint,
            byte @Nullable [] findingsFingerprint,
            @Nullable Known known) {
        this.record = record;
        this.found = found;
        this.json = json;
        this.fingerprint = fingerprint;
        this.findingsFingerprint = findingsFingerprint;
        this.known = known;
    }

    /** The record as it was; only for one that was there. */
    Known known() {
        if (known == null) {
            throw new IllegalStateException("The record " + record.nativeKey() + " is new");
        }
        return known;
    }

    boolean documentChanged() {
        return known == null || !Arrays.equals(known.fingerprint(), fingerprint);
    }

    boolean findingsChanged() {
        return found != null && (known == null || !Arrays.equals(known.findingsFingerprint(), findingsFingerprint));
    }

    /** Worked out when asked for: most hosts of a run are unchanged and never need them. */
    AssetColumns columns() {
        if (columns == null) {
            columns = AssetColumns.merge(List.of(record.asset()));
        }
        return columns;
    }

    IdentityAttributes identity() {
        if (identity == null) {
            identity = columns().identity();
        }
        return identity;
    }
}

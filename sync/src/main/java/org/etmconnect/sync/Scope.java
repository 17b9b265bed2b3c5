// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.inventory.quarantine.Retry;
import org.etmconnect.transform.MappedItem;

/** What of a snapshot is applied: all of it, or what was in quarantine. */
sealed interface Scope {

    /** Everything; what the snapshot lacks may be closed. */
    record All() implements Scope {}

    /** Only what is tried again; that says nothing of the rest, so nothing is closed. */
    record Again(Retry retry) implements Scope {}

    static Scope of(Optional<Retry> retry) {
        return retry.<Scope>map(Again::new).orElseGet(All::new);
    }

    default boolean mayClose() {
        return this instanceof All;
    }

    /** Whether a finding that is mapped once for all its hosts is meant. */
    default boolean contains(MappedItem shared) {
        return switch (this) {
            case All() -> true;
            case Again(Retry retry) ->
                key(shared).filter(retry.sharedFindings()::contains).isPresent();
        };
    }

    /**
     * The hosts that are meant.
     *
     * @param meant the shared findings that are meant, by their numbers
     */
    default Predicate<SourceRecord> hosts(BitSet meant) {
        return switch (this) {
            case All() -> host -> true;
            case Again(Retry retry) -> {
                Set<String> keys = retry.hosts();
                // A finding that is not there by its key may have another since the map was changed.
                boolean anyHost = retry.anyHost()
                        || meant.cardinality() < retry.sharedFindings().size();
                yield host -> anyHost || keys.contains(host.nativeKey()) || hasOne(host, meant);
            }
        };
    }

    private static Optional<String> key(MappedItem item) {
        return switch (item) {
            case MappedItem.Mapped mapped -> Optional.of(mapped.key());
            case MappedItem.Rejected rejected -> rejected.key();
        };
    }

    private static boolean hasOne(SourceRecord host, BitSet meant) {
        for (int item : host.sharedItems()) {
            if (meant.get(item)) {
                return true;
            }
        }
        return false;
    }
}

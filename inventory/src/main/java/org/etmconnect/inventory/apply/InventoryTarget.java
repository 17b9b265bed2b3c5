// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.runs.RunCounts;

/**
 * Takes a run's mapped records: definitions first, then hosts in batches, then the end. Used by one thread. Every method
 * throws {@link DatabaseException} if the database does not answer.
 */
public sealed interface InventoryTarget extends AutoCloseable permits InventoryWriter, InventoryForecast {

    /**
     * Makes the definitions known.
     *
     * @return their ids, in the order given; equal keys have equal ids
     */
    int[] define(List<IncomingDefinition> incoming);

    /**
     * Definitions of which this run cannot tell which hosts have them, say because they could not be mapped: findings of
     * them stay as they are.
     *
     * @param externalFindingIds their keys
     * @param variant the host's native key where the map makes findings depend on the host; else empty
     */
    void leaveUndecided(Collection<String> externalFindingIds, String variant);

    /**
     * Takes a batch of hosts.
     *
     * @param batch the hosts; no native key comes twice in a run
     * @param unusable native keys of hosts that are there but could not be mapped: they stay as they are
     */
    void apply(List<IncomingRecord> batch, Collection<String> unusable);

    /**
     * Ends the run.
     *
     * @param complete whether what the run did not find is fixed and retired; never if it may not close
     * @return what was not, because it was more than the connection may close at once
     */
    Optional<Held> finish(boolean complete);

    /** What the run counted so far. */
    RunCounts counts();

    /** How long deciding which asset new records belong to has taken so far; zero if that is not measured. */
    Duration identifying();

    /** Gives the database connection back. */
    @Override
    void close();
}

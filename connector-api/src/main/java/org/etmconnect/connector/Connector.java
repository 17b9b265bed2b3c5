// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** A kind of integration. Implementations are stateless and safe for use by several threads. */
public interface Connector {

    /** What people are told about it. */
    ConnectorDescriptor descriptor();

    /** The model of its source records. */
    DataModel sourceModel();

    /** The transform maps it ships, as YAML text in the form of the product's map files; the default first. */
    List<String> defaultTransformMaps();

    /** The stream whose rows are the hosts, e.g. {@code endpoints}: without any of it there is nothing to apply. */
    String recordStream();

    /** Checks and normalises settings without sending anything. */
    SettingsCheck checkSettings(ConnectionSettings settings);

    /**
     * Tries the settings with one cheap call a side. Blocks for as long as the network options let it.
     *
     * @param settings as {@link #checkSettings} accepted them
     * @throws InterruptedException if the thread was interrupted while waiting
     */
    ConnectionTest testConnection(ConnectionSettings settings) throws InterruptedException;

    /**
     * Opens a fetch of everything the settings ask for. Sends nothing yet.
     *
     * @param settings as {@link #checkSettings} accepted them
     * @param observer told of calls spent and of warnings; called from several threads
     */
    SourceFetch openFetch(ConnectionSettings settings, FetchObserver observer);

    /**
     * Reads what a fetch stored as source records. Never calls the vendor.
     *
     * @param pages the stored pages
     * @param options memory and disk it may use
     * @param rejected told of each row that cannot be used; called from the thread that reads
     */
    SourceRecords openRecords(StoredPages pages, RecordOptions options, Consumer<RejectedRow> rejected);

    /**
     * Takes some records of each stream whose shape is watched, spread over what is stored, as the vendor sent them.
     * Reads a bounded part of the pages, however many there are, and never calls the vendor.
     *
     * @param most so many records of a stream at most; positive
     */
    default List<RawSample> sample(StoredPages pages, int most) {
        return List.of();
    }

    /**
     * Brings one host, as a person pastes it from the vendor's answers or from a source record, into the form of the
     * source model, as {@link #openRecords} does with stored ones. A record that has the form already stays equal.
     *
     * @param pasted the host with its shared array, if it has one; not changed
     */
    default ObjectNode sourceRecord(ObjectNode pasted) {
        return pasted;
    }
}

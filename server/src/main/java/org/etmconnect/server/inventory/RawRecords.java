// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.util.Optional;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.inventory.assets.AssetDetails;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.connections.ConnectorCatalogue;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.sync.SyncOptions;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Source records as they stand in stored snapshots. Safe for use by several threads. */
@Component
final class RawRecords {

    private final SnapshotStore snapshots;
    private final ConfigurationStore configuration;
    private final ConnectorCatalogue catalogue;
    private final SyncOptions options;
    private final RunStore runs;

    RawRecords(
            SnapshotStore snapshots,
            ConfigurationStore configuration,
            ConnectorCatalogue catalogue,
            SyncOptions options,
            RunStore runs) {
        this.snapshots = snapshots;
        this.configuration = configuration;
        this.catalogue = catalogue;
        this.options = options;
        this.runs = runs;
    }

    /** The whole record with its shared items, from the run that last saw it; empty if its snapshot is gone. */
    Optional<ObjectNode> find(AssetDetails.Source source) {
        Optional<Connector> connector = configuration
                .connection(source.connectionId())
                .flatMap(connection -> catalogue.find(connection.connector()));
        int fetchedBy = runs.find(source.lastSeenRun()).flatMap(Run::replayOf).orElse(source.lastSeenRun());
        Optional<Snapshot> snapshot = snapshots.find(source.connectionId(), fetchedBy);
        if (connector.isEmpty() || snapshot.isEmpty()) {
            return Optional.empty();
        }
        try (SourceRecords records = connector
                .get()
                .openRecords(
                        snapshot.get(),
                        new RecordOptions(options.joinMemoryBytes(), options.workDirectory()),
                        rejected -> {})) {
            return records.find(source.nativeKey()).map(record -> whole(record, records));
        }
    }

    private static ObjectNode whole(SourceRecord record, SourceRecords records) {
        ObjectNode document = record.document().deepCopy();
        if (records.sharedItemsKnown()) {
            ArrayNode items = document.putArray(records.sharedArray());
            for (int item : record.sharedItems()) {
                items.add(records.sharedItem(item));
            }
        }
        return document;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.MappedRecord;
import org.etmconnect.transform.TransformPlan;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Single source records of a connection's newest snapshot, for people to look at. Safe for use by several threads. */
public final class StoredRecords {

    /** Enough to show what a field looks like; reading on costs more than it tells. */
    private static final int RECORDS_FOR_EXAMPLES = 300;

    private static final int EXAMPLES = 3;
    private static final int LONGEST_EXAMPLE = 200;

    private final LastSnapshots snapshots;
    private final TransformMaps maps;
    private final SyncOptions options;

    public StoredRecords(LastSnapshots snapshots, TransformMaps maps, SyncOptions options) {
        this.snapshots = snapshots;
        this.maps = maps;
        this.options = options;
    }

    /** Which record. */
    public sealed interface Pick {
        /** The one at this place of the snapshot, from 1. */
        record ByNumber(long number) implements Pick {}

        /** The first whose host name is this one, as the connector's default map reads it. Case makes no difference. */
        record ByHostName(String name) implements Pick {}

        /** The one with the vendor's own key. */
        record ByKey(String key) implements Pick {}
    }

    /** What came of looking for a record. */
    public sealed interface Outcome {
        /**
         * The record.
         *
         * @param runId the run whose snapshot it is from
         * @param record as the source model has it, with its shared array
         */
        record Found(int runId, ObjectNode record) implements Outcome {}

        /** The snapshot of this run has no such record. */
        record NotInSnapshot(int runId) implements Outcome {}

        /** The connection has no snapshot yet, or none is kept. */
        record NoSnapshot() implements Outcome {}
    }

    /**
     * Values of each field, by the path as a map's row writes it.
     *
     * @param runId the run whose snapshot they are from
     */
    public record Examples(int runId, Map<String, List<String>> byPath) {}

    /** Looks for a record. Takes longer the further back it stands. */
    public Outcome find(int connectionId, Connector connector, Pick pick) {
        Optional<LastSnapshots.Ended> newest = snapshots.newest(connectionId);
        if (newest.isEmpty()) {
            return new Outcome.NoSnapshot();
        }
        int runId = newest.get().runId();
        try (SourceRecords records = open(connector, newest.get())) {
            Optional<SourceRecord> found = switch (pick) {
                case Pick.ByKey(String key) -> records.find(key);
                case Pick.ByNumber(long number) -> numbered(records, number);
                case Pick.ByHostName(String name) -> named(records, connector, name);
            };
            return found.<Outcome>map(record -> new Outcome.Found(runId, whole(record, records)))
                    .orElseGet(() -> new Outcome.NotInSnapshot(runId));
        }
    }

    /** Different values that the fields of a connection's newest snapshot have; empty if there is no snapshot. */
    public Optional<Examples> examples(int connectionId, Connector connector) {
        return snapshots.newest(connectionId).map(newest -> {
            Map<String, Set<String>> values = new LinkedHashMap<>();
            try (SourceRecords records = open(connector, newest)) {
                Iterator<SourceRecord> hosts = records.records();
                for (int i = 0; i < RECORDS_FOR_EXAMPLES && hosts.hasNext(); i++) {
                    collect(hosts.next().document(), "", values);
                }
                for (int i = 0; i < Math.min(RECORDS_FOR_EXAMPLES, records.sharedItemCount()); i++) {
                    collect(records.sharedItem(i), records.sharedArray() + "[]", values);
                }
            }
            Map<String, List<String>> examples = new LinkedHashMap<>();
            values.forEach((path, set) -> examples.put(path, List.copyOf(set)));
            return new Examples(newest.runId(), examples);
        });
    }

    private static void collect(JsonNode node, String path, Map<String, Set<String>> values) {
        if (node instanceof ObjectNode object) {
            object.forEachEntry((name, value) -> collect(value, path.isEmpty() ? name : path + "." + name, values));
        } else if (node instanceof ArrayNode array) {
            array.forEach(element -> collect(element, path.endsWith("[]") ? path : path + "[]", values));
        } else {
            String text = node.asString("").strip();
            Set<String> seen = values.computeIfAbsent(path, key -> new LinkedHashSet<>());
            if (!text.isEmpty() && seen.size() < EXAMPLES) {
                seen.add(text.length() <= LONGEST_EXAMPLE ? text : text.substring(0, LONGEST_EXAMPLE - 1) + "…");
            }
        }
    }

    private static Optional<SourceRecord> numbered(SourceRecords records, long number) {
        Iterator<SourceRecord> hosts = records.records();
        for (long i = 1; hosts.hasNext(); i++) {
            SourceRecord host = hosts.next();
            if (i == number) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private Optional<SourceRecord> named(SourceRecords records, Connector connector, String name) {
        Optional<TransformPlan> plan = maps.shipped().stream()
                .filter(map -> map.map().source().equals(connector.sourceModel().name()))
                .findFirst()
                .map(map -> TransformPlan.compile(
                        map.map(), connector.sourceModel(), EtmHostAsset.model(), records.sharedArray()))
                .flatMap(compilation -> compilation instanceof Compilation.Compiled compiled
                        ? Optional.of(compiled.plan())
                        : Optional.empty());
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        Iterator<SourceRecord> hosts = records.records();
        while (plan.isPresent() && hosts.hasNext()) {
            SourceRecord host = hosts.next();
            if (plan.get().record(host) instanceof MappedRecord.Mapped mapped
                    && mapped.asset()
                            .path("hostName")
                            .asString("")
                            .toLowerCase(Locale.ROOT)
                            .equals(wanted)) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private SourceRecords open(Connector connector, LastSnapshots.Ended ended) {
        try {
            return connector.openRecords(
                    ended.snapshot(),
                    new RecordOptions(options.joinMemoryBytes(), Files.createDirectories(options.workDirectory())),
                    rejected -> {});
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a directory in " + options.workDirectory(), e);
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

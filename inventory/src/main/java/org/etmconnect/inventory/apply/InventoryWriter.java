// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.copy.BinaryCopy;
import org.etmconnect.inventory.identification.Decision;
import org.etmconnect.inventory.identification.Identification;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunStore;
import org.jspecify.annotations.Nullable;

/**
 * Writes one run into the inventory: definitions first, then hosts in batches, then what is missing. Each batch is one
 * transaction, in which the run's counts are saved too; so a run that was cut off is written again from the start, and
 * what was written before is recognised and passed over. Used by one thread.
 */
public final class InventoryWriter implements InventoryTarget {

    private static final int RETIRE_AT_ONCE = 5_000;
    /** Of the heap, a first load may take an eighth to know what it made. */
    private static final int SHARE_OF_HEAP = 8;

    private final Connection connection;
    private final Options options;
    private final Identification identification;
    private final DocumentCodec codec = new DocumentCodec();
    private final DocumentCompressor compressor = new DocumentCompressor();
    private final BitSet seen = new BitSet();
    private final CohortTable cohorts;
    private final DefinitionTable definitions;
    private final PendingClosures pending;
    private final AssetTable assets;
    /** What this run has made, while there are no indexes to find it by. */
    private @Nullable LoadedAssets loaded;

    private int[] undecided = SortedInts.EMPTY;
    private long identifyingNanos;
    private RunCounts counts;
    private long applied;
    private final long appliedBefore;

    /**
     * What to write, and for whom.
     *
     * @param connectionId the connection
     * @param runId its run
     * @param mayClose whether what the run did not find is fixed and retired; only a sealed snapshot may
     * @param rules the identification rules, in order
     * @param listed whether the snapshot lists a host of this connection by its native key
     * @param counts what the run counted so far
     * @param appliedRecords how many hosts the run has written already, if it was cut off
     * @param createUnmanagedAsset whether a new record that no rule decides makes an asset; else it is skipped
     * @param owner the server that executes the run; nothing is kept once another one does. Empty: nobody is asked
     */
    public record Options(
            int connectionId,
            int runId,
            boolean mayClose,
            List<IdentificationRule> rules,
            Predicate<String> listed,
            RunCounts counts,
            long appliedRecords,
            boolean createUnmanagedAsset,
            Optional<String> owner) {

        /** With assets made for records that no rule decides. */
        public Options(
                int connectionId,
                int runId,
                boolean mayClose,
                List<IdentificationRule> rules,
                Predicate<String> listed,
                RunCounts counts,
                long appliedRecords) {
            this(connectionId, runId, mayClose, rules, listed, counts, appliedRecords, true, Optional.empty());
        }
    }

    private InventoryWriter(Connection connection, Options options) {
        this.connection = connection;
        this.options = options;
        this.identification = new Identification(options.rules());
        this.counts = options.counts();
        this.appliedBefore = options.appliedRecords();
        this.cohorts = new CohortTable(connection);
        this.pending = new PendingClosures(connection, options.runId());
        this.definitions = new DefinitionTable(connection, options.connectionId(), options.runId(), codec);
        this.assets = new AssetTable(connection, codec);
    }

    /**
     * Takes a database connection for the run.
     *
     * @throws DatabaseException if there is none to be had
     */
    public static InventoryWriter open(DataSource database, Options options) {
        try {
            Connection connection = database.getConnection();
            connection.setAutoCommit(false);
            InventoryWriter writer = new InventoryWriter(connection, options);
            writer.inTransaction("begin to apply run " + options.runId(), () -> {
                try (PreparedStatement update = connection.prepareStatement(
                        "update connection set last_applied_run = ? where connection_id = ?")) {
                    update.setInt(1, options.runId());
                    update.setInt(2, options.connectionId());
                    update.executeUpdate();
                }
                writer.pending.supersedeOthers(options.connectionId());
                if (options.appliedRecords() == 0) {
                    // What an attempt noted that fetched another snapshot.
                    writer.pending.forgetAll();
                }
            });
            for (LateIndex index : LateIndex.ALL) {
                writer.inTransaction(
                        "prepare " + index.table() + " for run " + options.runId(),
                        () -> index.prepareForLoad(connection));
            }
            writer.inTransaction("see how run " + options.runId() + " finds assets", () -> {
                if (!LateIndex.areBuilt(connection, LateIndex.IDENTIFYING)) {
                    writer.loaded = new LoadedAssets(
                            writer.identification.attributes(),
                            Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
                }
            });
            return writer;
        } catch (SQLException e) {
            throw new DatabaseException("open a connection for run " + options.runId(), e);
        }
    }

    @Override
    public int[] define(List<IncomingDefinition> incoming) {
        int[] ids = new int[incoming.size()];
        inTransaction("write the definitions of run " + options.runId(), () -> {
            counts = counts.plus(definitions.define(incoming, ids));
            cohorts.definitionsChanged();
            RunStore.saveProgress(connection, options.runId(), counts, applied());
        });
        return ids;
    }

    @Override
    public void leaveUndecided(Collection<String> externalFindingIds, String variant) {
        if (!externalFindingIds.isEmpty()) {
            inTransaction(
                    "look up definitions of run " + options.runId(),
                    () -> undecided = SortedInts.union(undecided, definitions.find(externalFindingIds, variant)));
        }
    }

    /** Writes a batch of hosts in one transaction. */
    @Override
    public void apply(List<IncomingRecord> batch, Collection<String> unusable) {
        long last = applied + batch.size();
        if (applied < appliedBefore && appliedBefore < last) {
            // The batches were of another size before the run was cut off.
            int known = Math.toIntExact(appliedBefore - applied);
            apply(batch.subList(0, known), List.of());
            apply(batch.subList(known, batch.size()), unusable);
            return;
        }
        if (last <= appliedBefore) {
            inTransaction("look up hosts of run " + options.runId(), () -> {
                existing(keys(batch)).values().forEach(known -> seen.set(known.id()));
                existing(unusable).values().forEach(known -> seen.set(known.id()));
            });
            applied = last;
            return;
        }
        String what = "apply hosts " + (applied + 1) + " to " + last + " of run " + options.runId();
        Work work = () -> {
            VanishedHosts.stay(connection);
            counts = counts.plus(write(batch));
            existing(unusable).values().forEach(known -> seen.set(known.id()));
            applied = last;
            RunStore.saveProgress(connection, options.runId(), counts, applied());
        };
        try {
            inTransaction(what, work);
        } catch (IndexesNeeded needed) {
            // In transactions of their own; nothing of the batch was written yet.
            for (LateIndex index : LateIndex.IDENTIFYING) {
                inTransaction("build " + index.name() + " for run " + options.runId(), () -> index.build(connection));
            }
            inTransaction(what, work);
        }
    }

    /** Hosts cannot be identified by what the run has made itself, and the indexes for the rest are not there. */
    private static final class IndexesNeeded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        IndexesNeeded() {
            super("The indexes by which records find their assets are not built", null, false, false);
        }
    }

    /**
     * Ends the run; if {@code complete}, it closes what it did not find and counts as the connection's last complete one,
     * unless that is more than the connection may close at once.
     */
    @Override
    public Optional<Held> finish(boolean complete) {
        if (complete && !options.mayClose()) {
            throw new IllegalArgumentException("Run " + options.runId() + " may not close anything");
        }
        List<Integer> unseen = complete ? unseen() : List.of();
        Optional<Held> held = complete ? held(unseen) : Optional.empty();
        boolean closes = complete && held.isEmpty();
        if (closes) {
            close(unseen);
        } else {
            inTransaction("note what run " + options.runId() + " saw", () -> {
                markSeen();
                if (held.isPresent()) {
                    pending.noteHosts(unseen);
                    pending.hold(held.get());
                } else {
                    pending.forgetAll();
                }
            });
        }
        for (LateIndex index : LateIndex.ALL) {
            inTransaction("build " + index.name() + " after run " + options.runId(), () -> index.build(connection));
        }
        inTransaction("finish run " + options.runId(), () -> {
            OpenCounts.addUp(connection);
            if (Recount.isNeeded(connection, options.runId())) {
                counts = Recount.of(connection, options.connectionId(), options.runId(), counts);
                RunStore.saveProgress(connection, options.runId(), counts, applied());
            }
            if (closes) {
                PendingClosures.complete(connection, options.runId());
            }
        });
        return held;
    }

    /** What the run counted so far, what was saved before included. */
    @Override
    public RunCounts counts() {
        return counts;
    }

    @Override
    public Duration identifying() {
        return Duration.ofNanos(identifyingNanos);
    }

    private long applied() {
        return Math.max(applied, appliedBefore);
    }

    private RunCounts write(List<IncomingRecord> batch) throws SQLException {
        Map<String, Known> known = existing(keys(batch));
        List<Change> changed = new ArrayList<>();
        List<Change> fresh = new ArrayList<>();
        long unchanged = 0;
        long updated = 0;
        long returned = 0;
        long findingsUnchanged = 0;
        // What needs no database is worked out on all processors.
        List<Change> changes = batch.parallelStream()
                .map(record -> change(record, known.get(record.nativeKey())))
                .toList();
        for (Change change : changes) {
            int[] found = change.found;
            Known before = known.get(change.record.nativeKey());
            if (before == null) {
                fresh.add(change);
                continue;
            }
            seen.set(before.id());
            if (before.retired()) {
                returned++;
            }
            if (change.documentChanged()) {
                updated++;
            } else {
                unchanged++;
            }
            if (change.documentChanged() || change.findingsChanged() || before.retired()) {
                changed.add(change);
            } else if (found != null) {
                findingsUnchanged += found.length;
            }
        }
        RunCounts written = new RunCounts(
                0, updated, unchanged, 0, returned, 0, 0, 0, findingsUnchanged, 0, 0, 0, 0, 0, 0, batch.size());
        Set<Integer> assetsToMerge = new LinkedHashSet<>();
        if (!fresh.isEmpty()) {
            written = written.plus(insert(fresh, assetsToMerge));
        }
        if (!changed.isEmpty()) {
            written = written.plus(update(changed, assetsToMerge));
        }
        assets.merge(assetsToMerge, options.runId());
        return written;
    }

    private Change change(IncomingRecord record, @Nullable Known before) {
        int[] found = record.definitions().map(SortedInts::of).orElse(null);
        byte[] json = codec.json(record.asset());
        byte[] findingsFingerprint = found == null ? null : codec.fingerprint(found);
        return new Change(record, found, json, codec.fingerprint(json), findingsFingerprint, before);
    }

    private RunCounts insert(List<Change> incoming, Set<Integer> assetsToMerge) throws SQLException {
        long begun = System.nanoTime();
        incoming.parallelStream().forEach(Change::identity);
        InventoryLock.identify(connection);
        KeptApart apart = KeptApart.load(
                connection,
                options.connectionId(),
                incoming.stream().map(change -> change.record.nativeKey()).toList());
        CandidateIndex index =
                candidates(incoming.stream().map(Change::identity).toList());
        int[] recordIds = nextIds("source_record", "source_record_id", incoming.size());
        int[] assetIds = nextIds("asset", "asset_id", incoming.size());
        int assetsUsed = 0;
        List<AssetTable.NewAsset> newAssets = new ArrayList<>();
        List<Change> fresh = new ArrayList<>(incoming.size());
        List<Decision> decisions = new ArrayList<>(incoming.size());
        for (int i = 0; i < incoming.size(); i++) {
            Change change = incoming.get(i);
            String nativeKey = change.record.nativeKey();
            Decision decision =
                    identification.decide(change.identity(), index.sharing(change.identity()), apart.of(nativeKey));
            if (decision instanceof Decision.NewAsset && !options.createUnmanagedAsset()) {
                continue;
            }
            fresh.add(change);
            change.id = recordIds[i];
            seen.set(change.id);
            decisions.add(decision);
            switch (decision) {
                case Decision.Existing existing -> {
                    change.assetId = existing.assetId();
                    assetsToMerge.add(existing.assetId());
                }
                case Decision.NewAsset ignored -> {
                    change.assetId = assetIds[assetsUsed++];
                    newAssets.add(new AssetTable.NewAsset(change.assetId, change.columns()));
                }
            }
            index.add(change.assetId, change.identity());
            noteLoaded(change);
            apart.placed(nativeKey, change.assetId);
        }
        identifyingNanos += System.nanoTime() - begun;
        assets.insert(newAssets, options.runId());
        List<byte[]> documents = fresh.parallelStream()
                .map(change -> compressor.compress(change.json, change.record.nativeKey()))
                .toList();
        try (BinaryCopy copy = BinaryCopy.into(
                connection,
                "source_record",
                List.of(
                        "source_record_id",
                        "connection_id",
                        "native_key",
                        "asset_id",
                        "fingerprint",
                        "findings_fingerprint",
                        "created_run",
                        "last_seen_run",
                        "document"))) {
            for (int i = 0; i < fresh.size(); i++) {
                Change change = fresh.get(i);
                copy.startRow()
                        .writeInt(change.id)
                        .writeInt(options.connectionId())
                        .writeText(change.record.nativeKey())
                        .writeInt(change.assetId)
                        .writeBytes(change.fingerprint)
                        .writeBytes(change.findingsFingerprint)
                        .writeInt(options.runId())
                        .writeInt(options.runId())
                        .writeBytes(documents.get(i));
            }
            copy.finish();
        }
        IdentificationLog.write(connection, options.runId(), fresh, decisions);
        long opened = cohorts.insertFirst(fresh, newAssets, options.runId());
        return new RunCounts(
                        newAssets.size(),
                        fresh.size() - newAssets.size(),
                        0,
                        0,
                        0,
                        opened,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        0)
                .withSkipped(incoming.size() - fresh.size());
    }

    /** The assets that records may belong to; asked with the lock to identify. */
    private CandidateIndex candidates(List<IdentityAttributes> records) throws SQLException {
        LoadedAssets own = loaded;
        if (own != null) {
            boolean built = LateIndex.areBuilt(connection, LateIndex.IDENTIFYING);
            if (!built && own.areAll(connection)) {
                return CandidateIndex.load(
                        connection, options.connectionId(), own.sharing(records), seen, options.listed());
            }
            loaded = null;
            if (!built) {
                throw new IndexesNeeded();
            }
        }
        return CandidateIndex.load(
                connection, options.connectionId(), identification.attributes(), records, seen, options.listed());
    }

    private void noteLoaded(Change change) {
        if (loaded != null) {
            loaded.add(change.assetId, change.columns());
        }
    }

    private RunCounts update(List<Change> changed, Set<Integer> assetsToMerge) throws SQLException {
        for (Change change : changed) {
            change.id = change.known().id();
            change.assetId = change.known().assetId();
            if (change.documentChanged() || change.known().retired()) {
                assetsToMerge.add(change.assetId);
                noteLoaded(change);
            }
        }
        noteAbsences(changed.stream()
                .filter(change -> change.known().retired())
                .map(change -> change.id)
                .toList());
        // What is gone is closed at the end, when it is known how much that is.
        CohortTable.Outcome findings = cohorts.update(changed, undecided, options.runId(), false);
        if (options.mayClose()) {
            pending.note(findings.absent());
        }
        try (PreparedStatement update = connection.prepareStatement("""
                update source_record s
                set fingerprint = c.fingerprint,
                    findings_fingerprint = c.findings_fingerprint,
                    document = coalesce(c.document, s.document),
                    last_seen_run = ?,
                    retired_run = null
                from unnest(?::int[], ?::bytea[], ?::bytea[], ?::bytea[])
                    as c(id, fingerprint, findings_fingerprint, document)
                where s.source_record_id = c.id""")) {
            int count = changed.size();
            Integer[] ids = new Integer[count];
            byte[][] fingerprints = new byte[count][];
            byte[] @Nullable [] findingsFingerprints = new byte[count][];
            byte[] @Nullable [] documents = new byte[count][];
            for (int i = 0; i < count; i++) {
                Change change = changed.get(i);
                ids[i] = change.id;
                fingerprints[i] = change.fingerprint;
                findingsFingerprints[i] = change.findingsFingerprint;
                documents[i] =
                        change.documentChanged() ? compressor.compress(change.json, change.record.nativeKey()) : null;
            }
            update.setInt(1, options.runId());
            update.setArray(2, connection.createArrayOf("int4", ids));
            update.setArray(3, connection.createArrayOf("bytea", fingerprints));
            update.setArray(4, connection.createArrayOf("bytea", findingsFingerprints));
            update.setArray(5, connection.createArrayOf("bytea", documents));
            update.executeUpdate();
        }
        return findings.counts();
    }

    /** When a record comes back, that it was away is kept: a past state has to tell. */
    private void noteAbsences(List<Integer> returned) throws SQLException {
        if (returned.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into source_record_absence (source_record_id, last_seen_run, retired_run, returned_run)
                select source_record_id, last_seen_run, retired_run, ?
                from source_record
                where source_record_id = any (?)""")) {
            insert.setInt(1, options.runId());
            insert.setArray(2, connection.createArrayOf("int4", returned.toArray()));
            insert.executeUpdate();
        }
    }

    private List<Integer> unseen() {
        List<Integer> missing = new ArrayList<>();
        inTransaction(
                "look for hosts that run " + options.runId() + " did not find",
                () -> missing.addAll(Known.liveExcept(connection, options.connectionId(), seen)));
        return missing;
    }

    /** What would be closed, if that is more than the connection may close at once. */
    private Optional<Held> held(List<Integer> unseen) {
        List<Held> held = new ArrayList<>(1);
        inTransaction("count what run " + options.runId() + " would close", () -> {
            long findings = pending.findings() + cohorts.open(connection.createArrayOf("int4", unseen.toArray()));
            long findingsBefore = count("""
                    select coalesce(sum(open_findings), 0) from definition_count join definition using (definition_id)
                    where connection_id = ?""") - counts.findingsNew() - counts.findingsReopened();
            long hostsBefore = count("""
                    select count(*) from source_record
                    where connection_id = ? and retired_run is null and created_run <> %d""".formatted(options.runId()));
            ClosingGuard guard =
                    PendingClosures.guard(connection, options.connectionId()).orElse(ClosingGuard.DEFAULT);
            if (guard.holds(findings, findingsBefore) || guard.holds(unseen.size(), hostsBefore)) {
                held.add(new Held(
                        options.runId(),
                        Held.State.HELD,
                        findings,
                        findingsBefore,
                        unseen.size(),
                        hostsBefore,
                        Optional.empty(),
                        Optional.empty()));
            }
        });
        return held.stream().findFirst();
    }

    private long count(String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, options.connectionId());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private void close(List<Integer> unseen) {
        Closing closing = new Closing(connection, options.runId());
        for (boolean more = true; more; ) {
            boolean[] any = {false};
            inTransaction("fix what run " + options.runId() + " did not find", () -> {
                List<PendingClosures.Absent> some = pending.some(false);
                any[0] = !some.isEmpty();
                counts = counts.plus(closing.findings(some));
                RunStore.saveProgress(connection, options.runId(), counts, applied());
            });
            more = any[0];
        }
        for (int from = 0; from < unseen.size(); from += RETIRE_AT_ONCE) {
            List<Integer> some = unseen.subList(from, Math.min(unseen.size(), from + RETIRE_AT_ONCE));
            inTransaction("retire hosts that run " + options.runId() + " did not find", () -> {
                counts = counts.plus(closing.hosts(some));
                RunStore.saveProgress(connection, options.runId(), counts, applied());
            });
        }
    }

    /** An unsealed run says host by host what it saw; after a sealed one that follows from the run itself. */
    private void markSeen() throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update source_record set last_seen_run = ? where source_record_id = any (?) and last_seen_run < ?")) {
            update.setInt(1, options.runId());
            update.setArray(
                    2, connection.createArrayOf("int4", seen.stream().boxed().toArray()));
            update.setInt(3, options.runId());
            update.executeUpdate();
        }
    }

    private Map<String, Known> existing(Collection<String> nativeKeys) throws SQLException {
        return Known.read(connection, options.connectionId(), nativeKeys);
    }

    private int[] nextIds(String table, String column, int count) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                // the sequence is looked up once, not for each number
                """
                with ids as materialized (select pg_get_serial_sequence(?, ?)::regclass as sequence)
                select nextval(ids.sequence) from ids, generate_series(1, ?)""")) {
            select.setString(1, table);
            select.setString(2, column);
            select.setInt(3, count);
            int[] ids = new int[count];
            try (ResultSet row = select.executeQuery()) {
                for (int i = 0; row.next(); i++) {
                    ids[i] = row.getInt(1);
                }
            }
            return ids;
        }
    }

    private static List<String> keys(List<IncomingRecord> batch) {
        return batch.stream().map(IncomingRecord::nativeKey).toList();
    }

    private void inTransaction(String what, Work work) {
        try {
            try {
                InventoryLock.share(connection);
                work.run();
                if (options.owner().isPresent()) {
                    RunStore.hold(connection, options.runId(), options.owner().get());
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException(what, e);
        }
    }

    @Override
    public void close() {
        compressor.close();
        try {
            connection.setAutoCommit(true);
            connection.close();
        } catch (SQLException e) {
            throw new DatabaseException("give back the connection of run " + options.runId(), e);
        }
    }

    private interface Work {
        void run() throws SQLException;
    }
}

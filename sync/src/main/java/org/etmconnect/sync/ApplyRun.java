// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.inventory.apply.Held;
import org.etmconnect.inventory.apply.IncomingDefinition;
import org.etmconnect.inventory.apply.IncomingRecord;
import org.etmconnect.inventory.apply.InventoryTarget;
import org.etmconnect.inventory.apply.InventoryWriter;
import org.etmconnect.inventory.rules.ConnectionIdentification;
import org.etmconnect.inventory.rules.RuleStore;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.inventory.runs.RunStage;
import org.etmconnect.snapshot.Seal;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.sync.shape.SeenFields;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.MapRow;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.MappedRecord;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;
import tools.jackson.databind.node.ObjectNode;

/** Reads a closed snapshot as source records, maps them and hands them to the inventory, or to a forecast of it. */
final class ApplyRun {

    private static final String KEY = "externalAssetId";

    private final SyncOptions options;
    private final Subject subject;
    private final Connector connector;
    private final boolean takesFindings;
    private final TransformMap map;
    private final Snapshot snapshot;
    private final Seal seal;
    private final StopSignal stop;
    private final Consumer<RunProgress> progress;
    private final StageClock stages;
    private final Watcher watcher;
    private final Scope scope;
    /** Keys that the map made, unlike the vendor's. */
    private final Set<String> otherKeys = new HashSet<>();

    /**
     * Whose records they are.
     *
     * @param appliedRecords how many of them the inventory has already, if the run was cut off
     * @param identification how they find their assets
     * @param seen what a map may read beside what is documented
     * @param owner the server that executes the run; empty for a dry run, which nobody takes over
     */
    record Subject(
            int connectionId,
            int runId,
            long appliedRecords,
            ConnectionIdentification identification,
            SeenFields seen,
            Optional<String> owner) {

        /** With the rules that hold for the connection now. */
        static Subject of(
                DataSource database, int connectionId, int runId, long appliedRecords, Optional<String> owner) {
            return new Subject(
                    connectionId,
                    runId,
                    appliedRecords,
                    new RuleStore(database).connection(connectionId).orElseGet(ConnectionIdentification::defaults),
                    new SeenFields(database),
                    owner);
        }
    }

    /** Opens what the mapped records go to. */
    interface Opening {
        InventoryTarget open(InventoryWriter.Options options);
    }

    /**
     * @param counts all that the run counted
     * @param missing why the run may not close or retire, a sentence each; empty if it did, or was not to
     */
    record Result(RunCounts counts, List<String> missing) {}

    ApplyRun(
            SyncOptions options,
            Subject subject,
            Connector connector,
            boolean takesFindings,
            TransformMap map,
            Snapshot snapshot,
            Seal seal,
            StopSignal stop,
            Consumer<RunProgress> progress,
            StageClock stages,
            Watcher watcher,
            Scope scope) {
        this.options = options;
        this.subject = subject;
        this.connector = connector;
        this.takesFindings = takesFindings;
        this.map = map;
        this.snapshot = snapshot;
        this.seal = seal;
        this.stop = stop;
        this.progress = progress;
        this.stages = stages;
        this.watcher = watcher;
        this.scope = scope;
    }

    Result run(Path work, RunCounts before, Opening target) {
        stages.enter(RunStage.JOIN);
        progress.accept(new RunProgress("Joining hosts and vulnerabilities", 0, OptionalLong.empty(), "hosts"));
        try (SourceRecords records = connector.openRecords(
                snapshot, new RecordOptions(options.joinMemoryBytes(), work, seal.sealed()), watcher::unreadable)) {
            stages.enter(RunStage.TRANSFORM);
            TransformPlan plan = compile(records.sharedArray());
            boolean findingsAsked = takesFindings && plan.makesFindings();
            Set<String> missing = new LinkedHashSet<>(seal.missing());
            // No vulnerability in the whole tenant is what an expired licence looks like, and hardly ever the truth.
            boolean findingsKnown = findingsAsked && records.sharedItemsKnown() && records.sharedItemCount() > 0;
            if (watcher.unreadableRows() > 0) {
                missing.add(watcher.unreadableRows()
                        + " rows of vulnerabilities cannot be read, so findings that are gone cannot"
                        + " be told from those in the unread rows. See the run's quarantine.");
            }
            Items items = findingsKnown && !plan.findingsDependOnRecord()
                    ? mapItems(plan, records)
                    : new Items(List.of(), new int[0], Set.of(), new BitSet(), false);
            if (items.keylessRejected) {
                missing.add(
                        "Vulnerabilities without a usable key cannot be mapped, so findings that are gone cannot be told"
                                + " from theirs. See the run's quarantine.");
            }
            stages.enter(RunStage.APPLY);
            long rowsUnreadableBefore = watcher.unreadableRows();
            try (InventoryTarget writer = target.open(new InventoryWriter.Options(
                    subject.connectionId(),
                    subject.runId(),
                    scope.mayClose() && missing.isEmpty(),
                    subject.identification().rules(),
                    key -> !seal.sealed() || lists(records, key),
                    before,
                    subject.appliedRecords(),
                    subject.identification().createUnmanagedAsset(),
                    subject.owner()))) {
                int[] definitionIds = writer.define(items.definitions);
                writer.leaveUndecided(items.undecided, "");
                Findings findings = !findingsKnown
                        ? hosts -> hosts.stream()
                                .map(host -> Optional.<int[]>empty())
                                .toList()
                        : plan.findingsDependOnRecord()
                                ? hosts -> perHost(plan, records, writer, hosts)
                                : hosts -> hosts.stream()
                                        .map(host -> host.sharedItemsKnown()
                                                ? Optional.of(items.definitionIds(host, definitionIds))
                                                : Optional.<int[]>empty())
                                        .toList();
                applyAll(plan, records, scope.hosts(items.meant), findings, writer);
                watcher.flush();
                if (watcher.unreadableRows() > rowsUnreadableBefore) {
                    missing.add((watcher.unreadableRows() - rowsUnreadableBefore)
                            + " rows of hosts cannot be read, so hosts that are gone cannot be told from those in the unread"
                            + " rows. See the run's quarantine.");
                }
                stop.check();
                stages.enter(RunStage.CLOSE);
                progress.accept(new RunProgress("Closing", 0, OptionalLong.empty(), "hosts"));
                writer.finish(scope.mayClose() && missing.isEmpty())
                        .map(ApplyRun::text)
                        .ifPresent(missing::add);
                return new Result(
                        writer.counts().withQuarantined(watcher.rejected()),
                        scope.mayClose() ? List.copyOf(missing) : List.of());
            }
        }
    }

    private static String text(Held held) {
        return String.format(
                Locale.ROOT,
                "It would fix %,d of %,d open findings and retire %,d of %,d hosts, which is more than the connection may"
                        + " close at once. They are held, and nothing was closed. If the tenant really has them no more,"
                        + " confirm: ./etm runs confirm %d",
                held.findings(),
                held.ofFindings(),
                held.hosts(),
                held.ofHosts(),
                held.runId());
    }

    private TransformPlan compile(String sharedArray) {
        return switch (TransformPlan.compile(map, subject.seen().model(connector), EtmHostAsset.model(), sharedArray)) {
            case Compilation.Compiled compiled -> compiled.plan();
            case Compilation.Refused refused ->
                throw new RunFailure(
                        FailureKind.CONFIGURATION,
                        "The transform map \"" + map.name() + "\" does not fit its models: "
                                + String.join(
                                        " ",
                                        refused.problems().stream()
                                                .map(MapProblem::text)
                                                .toList()));
        };
    }

    /** What depends on the vulnerability alone is mapped once, however many hosts have it. */
    private Items mapItems(TransformPlan plan, SourceRecords records) {
        List<IncomingDefinition> definitions = new ArrayList<>(records.sharedItemCount());
        int[] definitionOfItem = new int[records.sharedItemCount()];
        Set<String> undecided = new LinkedHashSet<>();
        BitSet meant = new BitSet(definitionOfItem.length);
        boolean keyless = false;
        for (int item = 0; item < definitionOfItem.length; item++) {
            ObjectNode source = records.sharedItem(item);
            MappedItem finding = plan.item(source);
            if (scope.contains(finding)) {
                meant.set(item);
                watcher.finding(Optional.empty(), finding, source);
            }
            switch (finding) {
                case MappedItem.Mapped mapped -> {
                    definitionOfItem[item] = definitions.size();
                    definitions.add(new IncomingDefinition(mapped.key(), "", mapped.finding()));
                }
                case MappedItem.Rejected rejected -> {
                    definitionOfItem[item] = -1;
                    rejected.key().ifPresent(undecided::add);
                    keyless |= rejected.key().isEmpty();
                }
            }
        }
        return new Items(definitions, definitionOfItem, undecided, meant, keyless);
    }

    /** The next batch is read and mapped while the last is written, except where mapping itself writes. */
    private void applyAll(
            TransformPlan plan,
            SourceRecords records,
            Predicate<SourceRecord> meant,
            Findings findings,
            InventoryTarget writer) {
        long total = records.recordCount();
        Iterator<SourceRecord> hosts = records.records();
        Supplier<Optional<Batch>> read = () -> read(plan, records, hosts, meant, findings);
        if (plan.findingsDependOnRecord()) {
            applyAll(read, total, writer);
        } else {
            try (Ahead<Batch> ahead = new Ahead<>("read-run-" + subject.runId(), read)) {
                applyAll(ahead::next, total, writer);
            }
        }
    }

    private void applyAll(Supplier<Optional<Batch>> batches, long total, InventoryTarget writer) {
        long done = 0;
        while (true) {
            stop.check();
            stages.enter(RunStage.TRANSFORM);
            Optional<Batch> next = batches.get();
            if (next.isEmpty()) {
                return;
            }
            Batch batch = next.get();
            stages.enter(RunStage.APPLY);
            Duration before = writer.identifying();
            writer.apply(batch.records(), batch.unusable());
            stages.move(RunStage.APPLY, RunStage.IDENTIFY, writer.identifying().minus(before));
            done += batch.hosts();
            progress.accept(new RunProgress("Applying", done, OptionalLong.of(Math.max(total, done)), "hosts"));
        }
    }

    /**
     * Hosts that are written at once.
     *
     * @param hosts how many the snapshot has of them, those that are not meant included
     * @param unusable native keys of hosts that could not be mapped
     */
    private record Batch(int hosts, List<IncomingRecord> records, List<String> unusable) {}

    private Optional<Batch> read(
            TransformPlan plan,
            SourceRecords records,
            Iterator<SourceRecord> hosts,
            Predicate<SourceRecord> meant,
            Findings findings) {
        // Where all of the batch need not be asked about at once, no host is held longer than it takes to map it.
        boolean atOnce = plan.findingsDependOnRecord();
        List<SourceRecord> mappedHosts = new ArrayList<>();
        List<MappedRecord.Mapped> mappedRecords = new ArrayList<>();
        List<Optional<int[]>> definitions = new ArrayList<>();
        List<String> unusable = new ArrayList<>();
        int findingsInBatch = 0;
        int hostsInBatch = 0;
        while (hostsInBatch < options.recordsPerBatch() && findingsInBatch < options.findingsPerBatch()) {
            stop.check();
            Optional<SourceRecord> next = next(records, hosts);
            if (next.isEmpty()) {
                break;
            }
            SourceRecord host = next.get();
            hostsInBatch++;
            if (!meant.test(host)) {
                continue;
            }
            MappedRecord record = unlikeOthers(host, plan.record(host));
            watcher.record(host, record);
            switch (record) {
                case MappedRecord.Mapped mapped -> {
                    findingsInBatch += host.sharedItems().length;
                    mappedRecords.add(mapped);
                    if (atOnce) {
                        mappedHosts.add(host);
                    } else {
                        definitions.addAll(findings.of(List.of(host)));
                    }
                }
                case MappedRecord.Rejected ignored -> unusable.add(host.nativeKey());
            }
        }
        if (atOnce) {
            definitions.addAll(findings.of(mappedHosts));
        }
        List<IncomingRecord> batch = new ArrayList<>(mappedRecords.size());
        for (int i = 0; i < mappedRecords.size(); i++) {
            MappedRecord.Mapped mapped = mappedRecords.get(i);
            batch.add(new IncomingRecord(mapped.nativeKey(), mapped.asset(), definitions.get(i)));
        }
        return hostsInBatch == 0 ? Optional.empty() : Optional.of(new Batch(hostsInBatch, batch, unusable));
    }

    private static Optional<SourceRecord> next(SourceRecords records, Iterator<SourceRecord> hosts) {
        synchronized (records) {
            return hosts.hasNext() ? Optional.of(hosts.next()) : Optional.empty();
        }
    }

    /** Whether the snapshot lists a host; asked by who writes while another thread reads on. */
    private static boolean lists(SourceRecords records, String nativeKey) {
        synchronized (records) {
            return records.find(nativeKey).isPresent();
        }
    }

    /** Rejects a host to which the map gives a key that it gave another: they would be taken for one. */
    private MappedRecord unlikeOthers(SourceRecord host, MappedRecord record) {
        // The vendor's own keys come once; most maps take them as they are, and need no memory here.
        return switch (record) {
            case MappedRecord.Rejected rejected -> rejected;
            case MappedRecord.Mapped mapped ->
                mapped.nativeKey().equals(host.nativeKey()) || otherKeys.add(mapped.nativeKey())
                        ? mapped
                        : new MappedRecord.Rejected(List.of(sameKey(mapped.nativeKey())));
        };
    }

    private ConversionProblem sameKey(String key) {
        for (int i = 0; i < map.rows().size(); i++) {
            MapRow row = map.rows().get(i);
            if (row.target().equals(KEY)) {
                return new ConversionProblem(
                        i + 1,
                        row.source(),
                        KEY,
                        key,
                        "another host of the snapshot has this key already; map a field that differs from host to host");
            }
        }
        throw new IllegalStateException("The map \"" + map.name() + "\" compiled without a row into " + KEY);
    }

    /** A definition for each finding of each host, all of the batch written at once. */
    private List<Optional<int[]>> perHost(
            TransformPlan plan, SourceRecords records, InventoryTarget writer, List<SourceRecord> hosts) {
        List<IncomingDefinition> definitions = new ArrayList<>();
        int[] ends = new int[hosts.size()];
        for (int i = 0; i < ends.length; i++) {
            SourceRecord host = hosts.get(i);
            Set<String> undecided = new LinkedHashSet<>();
            for (MappedItem item : host.sharedItemsKnown() ? plan.findings(host, records) : List.<MappedItem>of()) {
                watcher.finding(Optional.of(host.nativeKey()), item, host.document());
                switch (item) {
                    case MappedItem.Mapped mapped ->
                        definitions.add(new IncomingDefinition(mapped.key(), host.nativeKey(), mapped.finding()));
                    case MappedItem.Rejected rejected -> rejected.key().ifPresent(undecided::add);
                }
            }
            writer.leaveUndecided(undecided, host.nativeKey());
            ends[i] = definitions.size();
        }
        int[] ids = stages.during(RunStage.APPLY, () -> writer.define(definitions));
        List<Optional<int[]>> byHost = new ArrayList<>(ends.length);
        for (int i = 0; i < ends.length; i++) {
            byHost.add(
                    hosts.get(i).sharedItemsKnown()
                            ? Optional.of(Arrays.copyOfRange(ids, i == 0 ? 0 : ends[i - 1], ends[i]))
                            : Optional.empty());
        }
        return byHost;
    }

    private interface Findings {
        /** For each host the ids of the definitions it has; empty if they are not known. */
        List<Optional<int[]>> of(List<SourceRecord> hosts);
    }

    /** The shared items, mapped. */
    private static final class Items {
        final List<IncomingDefinition> definitions;
        final Set<String> undecided;
        /** Numbers of the items that the run is to apply. */
        final BitSet meant;

        final boolean keylessRejected;
        private final int[] definitionOfItem;

        Items(
                List<IncomingDefinition> definitions,
                int[] definitionOfItem,
                Set<String> undecided,
                BitSet meant,
                boolean keylessRejected) {
            this.definitions = definitions;
            this.definitionOfItem = definitionOfItem;
            this.undecided = undecided;
            this.meant = meant;
            this.keylessRejected = keylessRejected;
        }

        int[] definitionIds(SourceRecord host, int[] idOfDefinition) {
            int[] ids = new int[host.sharedItems().length];
            int count = 0;
            for (int item : host.sharedItems()) {
                if (definitionOfItem[item] >= 0) {
                    ids[count++] = idOfDefinition[definitionOfItem[item]];
                }
            }
            return count == ids.length ? ids : Arrays.copyOf(ids, count);
        }
    }
}

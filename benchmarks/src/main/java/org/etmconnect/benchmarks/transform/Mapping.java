// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.transform;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.MappedRecord;
import org.etmconnect.transform.TransformPlan;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.node.ObjectNode;

/** What JMH calls: the shipped default map over hosts and CVEs that a simulated tenant gave. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Mapping {

    /** The system property that names the folder of the snapshots. */
    static final String SNAPSHOTS = "etm.snapshots";

    /** Many different hosts, and few enough that they stay in the processor's caches as a batch of a run does. */
    private static final int MOST_HOSTS = 1_000;

    private final List<SourceRecord> hosts = new ArrayList<>();
    private final List<ObjectNode> cves = new ArrayList<>();
    private final TransformPlan plan = defaultMap();
    private int nextHost;
    private int nextCve;

    /** For JMH. */
    public Mapping() {}

    /** The map that a new connection has, ready to use. */
    public static TransformPlan defaultMap() {
        CortexXdrConnector connector = new CortexXdrConnector();
        if (MapYaml.read(connector.defaultTransformMaps().getFirst()) instanceof MapReading.Read read
                && TransformPlan.compile(read.map(), connector.sourceModel(), EtmHostAsset.model(), "cves")
                        instanceof Compilation.Compiled compiled) {
            return compiled.plan();
        }
        throw new IllegalStateException("The default transform map does not compile");
    }

    /** Reads the hosts and CVEs as a run reads them. */
    @Setup
    public void read() {
        Path folder = Path.of(System.getProperty(SNAPSHOTS, ""));
        SnapshotStore store = new SnapshotStore(folder, Clock.systemUTC());
        Snapshot snapshot = store.find(1, store.runs(1).getFirst()).orElseThrow();
        try (SourceRecords records = new CortexXdrConnector()
                .openRecords(snapshot, new RecordOptions(64 << 20, folder), rejected -> {
                    throw new IllegalStateException("A row of the simulated tenant is rejected: " + rejected);
                })) {
            for (Iterator<SourceRecord> each = records.records(); each.hasNext() && hosts.size() < MOST_HOSTS; ) {
                hosts.add(each.next());
            }
            for (int i = 0; i < records.sharedItemCount(); i++) {
                cves.add(records.sharedItem(i));
            }
        }
    }

    /** One endpoint document, without its CVEs: they are mapped once each, by {@link #cve}. */
    @Benchmark
    public MappedRecord host() {
        nextHost = nextHost + 1 < hosts.size() ? nextHost + 1 : 0;
        return plan.record(hosts.get(nextHost));
    }

    /** One CVE. */
    @Benchmark
    public MappedItem cve() {
        nextCve = nextCve + 1 < cves.size() ? nextCve + 1 : 0;
        return plan.item(cves.get(nextCve));
    }
}

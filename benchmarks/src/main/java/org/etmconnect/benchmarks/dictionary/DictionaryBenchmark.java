// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.dictionary;

import com.github.luben.zstd.ZstdDictTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.etmconnect.benchmarks.FleetOptions;
import org.etmconnect.benchmarks.Leftovers;
import org.etmconnect.benchmarks.Surroundings;
import org.etmconnect.benchmarks.apply.StoredFleet;
import org.etmconnect.benchmarks.transform.Mapping;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.inventory.apply.DocumentCompressor;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.transform.MappedRecord;
import org.etmconnect.transform.TransformPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How many bytes the stored document of a host takes, and the dictionary that makes them few. */
@Command(
        name = "dictionary-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = {
            "Maps the hosts of a simulated tenant by the default transform map and compresses their documents as the inventory"
                    + " stores them: how many bytes each takes, and how long. The same with names, domains, addresses and tags"
                    + " that the simulator does not make, since real tenants have their own.",
            "With --train FILE a new dictionary is learned from a third of them, half with names of their own, and written there."
                    + " A document that one version of the dictionary compressed needs that version to be read: a new one takes"
                    + " a new version byte."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured", "1:failed", "2:wrong options"})
public final class DictionaryBenchmark implements Callable<Integer> {

    private static final int DICTIONARY_BYTES = 4_096;
    private static final int TRIES = 5;

    @Mixin
    private FleetOptions options = new FleetOptions(30_000, 1, "target/dictionary-benchmark");

    @Option(names = "--train", paramLabel = "FILE", description = "Learns a new dictionary and writes it there")
    private @Nullable Path trained;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final JsonMapper json = JsonMapper.builder().build();

    /** For picocli. */
    public DictionaryBenchmark() {}

    /** Runs the benchmark with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DictionaryBenchmark()).execute(arguments));
    }

    /**
     * Documents of one kind.
     *
     * @param documents which
     * @param jsonBytes of a document, on average
     * @param storedBytes of a document, on average
     * @param microseconds to compress one, the shortest of all tries
     */
    record Measured(String documents, double jsonBytes, double storedBytes, double microseconds) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter console = spec.commandLine().getOut();
        double load = Surroundings.loadAverage();
        List<Document> documents = documents();
        int trainedOn = documents.size() / 3;
        if (trained != null) {
            Files.write(trained, train(documents.subList(0, trainedOn)));
            console.println("A dictionary of " + Files.size(trained) + " bytes: " + trained);
        }
        List<Document> unseen = documents.subList(trainedOn, documents.size());
        ForeignNames foreign = new ForeignNames(new Random(7));
        List<Measured> measured = List.of(
                measure("as the simulator makes them", unseen),
                measure(
                        "with names of another tenant",
                        unseen.stream()
                                .map(each -> new Document(each.key(), foreign.in(each.asset())))
                                .toList()));
        for (Measured one : measured) {
            console.printf(
                    Locale.ROOT,
                    "%-29s %.1f bytes of %.1f, %.2f microseconds to compress%n",
                    one.documents(),
                    one.storedBytes(),
                    one.jsonBytes(),
                    one.microseconds());
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("measured", measured);
        options.report("dictionary", spec, load, figures);
        console.flush();
        return 0;
    }

    private record Document(String key, ObjectNode asset) {}

    private Measured measure(String name, List<Document> documents) {
        List<byte[]> texts = documents.stream()
                .map(each -> json.writeValueAsBytes(each.asset()))
                .toList();
        long nanos = Long.MAX_VALUE;
        long stored = 0;
        try (DocumentCompressor compressor = new DocumentCompressor()) {
            for (int i = 0; i < TRIES; i++) {
                stored = 0;
                long begun = System.nanoTime();
                for (int each = 0; each < texts.size(); each++) {
                    stored += compressor.compress(
                                    texts.get(each), documents.get(each).key())
                            .length;
                }
                nanos = Math.min(nanos, System.nanoTime() - begun);
            }
        }
        double count = texts.size();
        return new Measured(
                name, texts.stream().mapToLong(text -> text.length).sum() / count, stored / count, nanos / 1e3 / count);
    }

    /** Half of them as they are, the others each with names of its own: they are not what is to be learned. */
    private byte[] train(List<Document> documents) {
        List<byte[]> samples = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            Document each = documents.get(i);
            ObjectNode asset = i % 2 == 0 ? each.asset() : new ForeignNames(new Random(i)).in(each.asset());
            samples.add(DocumentCompressor.withoutKey(json.writeValueAsBytes(asset), each.key()));
        }
        ZstdDictTrainer trainer = new ZstdDictTrainer(
                samples.stream().mapToInt(sample -> sample.length).sum(), DICTIONARY_BYTES);
        samples.forEach(trainer::addSample);
        return trainer.trainSamples();
    }

    private List<Document> documents() throws IOException, InterruptedException {
        Leftovers.delete(options.directory());
        PopulationSettings settings = options.fleet();
        SnapshotStore store = new SnapshotStore(options.directory(), Clock.systemUTC(), false);
        Snapshot snapshot = store.openOrCreate(1, 1);
        new StoredFleet(Population.of(settings).day(0), settings).write(snapshot);
        TransformPlan plan = Mapping.defaultMap();
        List<Document> documents = new ArrayList<>();
        try (SourceRecords records = new CortexXdrConnector()
                .openRecords(snapshot, new RecordOptions(64 << 20, options.directory()), rejected -> {
                    throw new IllegalStateException("A row of the simulated tenant is rejected: " + rejected);
                })) {
            for (Iterator<SourceRecord> hosts = records.records(); hosts.hasNext(); ) {
                if (plan.record(hosts.next()) instanceof MappedRecord.Mapped mapped) {
                    documents.add(new Document(mapped.nativeKey(), mapped.asset()));
                }
            }
        }
        Leftovers.delete(options.directory());
        return documents;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.smoke;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.etmconnect.benchmarks.apply.ApplyBenchmark;
import org.etmconnect.benchmarks.baselines.BaselinesBenchmark;
import org.etmconnect.benchmarks.delivery.DeliveryBenchmark;
import org.etmconnect.benchmarks.dictionary.DictionaryBenchmark;
import org.etmconnect.benchmarks.join.JoinBenchmark;
import org.etmconnect.benchmarks.layout.LayoutBenchmark;
import org.etmconnect.benchmarks.qql.QqlBenchmark;
import org.etmconnect.benchmarks.start.StartBenchmark;
import org.etmconnect.benchmarks.sync.SyncBenchmark;
import org.etmconnect.benchmarks.transform.TransformBenchmark;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a small version of every benchmark: its figures say nothing, that it ends does. */
@Command(
        name = "smoke-benchmark",
        mixinStandardHelpOptions = true,
        version = "ETM Connect",
        description = "Runs a small version of every benchmark. What it measures says nothing; that each ends does.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:each ended", "1:one failed", "2:wrong options"})
public final class SmokeBenchmark implements Callable<Integer> {

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where databases and files are kept. Default: ${DEFAULT-VALUE}")
    private Path directory = Path.of("target/smoke-benchmark");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For picocli. */
    public SmokeBenchmark() {}

    /** Runs the benchmarks with these options. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SmokeBenchmark()).execute(arguments));
    }

    private record Small(String name, Callable<Integer> benchmark, List<String> options) {

        static Small of(String name, Callable<Integer> benchmark, String... options) {
            return new Small(name, benchmark, List.of(options));
        }
    }

    private static List<Small> all() {
        return List.of(
                Small.of("layout", new LayoutBenchmark(), "--endpoints=500", "--cves=10", "--repeat=1", "--tries=2"),
                Small.of("qql", new QqlBenchmark(), "--endpoints=500", "--cves=10", "--repeat=1"),
                Small.of("delivery", new DeliveryBenchmark(), "--endpoints=500", "--cves=10", "--repeat=1"),
                Small.of(
                        "sync",
                        new SyncBenchmark(),
                        "--endpoints=500",
                        "--cves=10",
                        "--rate=100",
                        "--latency=10",
                        "--floor"),
                Small.of("transform", new TransformBenchmark(), "--forks=1", "--seconds=1"),
                Small.of("dictionary", new DictionaryBenchmark(), "--endpoints=500"),
                Small.of("start", new StartBenchmark(), "--endpoints=500", "--cves=10", "--repeat=1"),
                Small.of("join", new JoinBenchmark(), "--endpoints=500", "--cves=10", "--repeat=1"),
                Small.of("apply", new ApplyBenchmark(), "--endpoints=500", "--cves=10"),
                Small.of("baselines", new BaselinesBenchmark(), "--endpoints=500", "--cves=10"));
    }

    @Override
    public Integer call() {
        PrintWriter console = spec.commandLine().getOut();
        List<String> failed = new ArrayList<>();
        for (Small small : all()) {
            List<String> options = new ArrayList<>(small.options());
            options.add("--directory=" + directory.resolve(small.name()));
            console.println("== " + small.name() + " " + String.join(" ", options));
            console.flush();
            long begun = System.nanoTime();
            int status = new CommandLine(small.benchmark())
                    .setOut(console)
                    .setErr(spec.commandLine().getErr())
                    .execute(options.toArray(String[]::new));
            console.printf(
                    Locale.ROOT,
                    "== %s ended with %d in %.1f s%n",
                    small.name(),
                    status,
                    (System.nanoTime() - begun) / 1e9);
            console.flush();
            if (status != 0) {
                failed.add(small.name());
            }
        }
        console.println(failed.isEmpty() ? "Every benchmark ended." : "Failed: " + String.join(", ", failed));
        console.flush();
        return failed.isEmpty() ? 0 : 1;
    }
}

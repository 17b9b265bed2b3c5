// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The fault suite's command line. */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes runs over a simulated tenant that misbehaves, kills what makes them, and compares the inventory with that"
                    + " of a history without faults. A line for each seed; the status is 0 if all held.",
            "",
            "Most seeds kill the engine in this process, by cutting its connections in the middle of a statement; one in ten"
                    + " (those that 10 divides) kills a whole server in its own process by SIGKILL. PostgreSQL is killed by"
                    + " SIGKILL in both."
        },
        footer = {
            "",
            "Examples:",
            "  ./etm torture --seeds 200              the nightly measure",
            "  ./etm torture --seeds 1 --seed 1734    one seed again"
        })
public final class Torture implements Callable<Integer> {

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many seeds. Default: ${DEFAULT-VALUE}")
    private int seeds = 10;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "The first seed; the others follow it. Default: ${DEFAULT-VALUE}")
    private long first = 1;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Where databases and snapshots are made meanwhile. Default: below the temporary directory")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"), "etm-torture");

    private Torture() {}

    /** Ends the process: 0 if every seed held, 1 if one did not, 2 for wrong arguments. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Torture()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        return run(
                        first,
                        seeds,
                        folder.resolve(Long.toString(ProcessHandle.current().pid())),
                        System.out)
                ? 0
                : 1;
    }

    /** Runs some seeds. Returns whether all held. */
    static boolean run(long first, int seeds, Path folder, PrintStream out) throws Exception {
        // What is cut off complains, thousands of times.
        LoggingSystem.get(Torture.class.getClassLoader()).setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.OFF);
        long begun = System.nanoTime();
        int failed = 0;
        int faults = 0;
        int jumps = 0;
        int fullDisks = 0;
        int runs = 0;
        int servers = 0;
        long looks = 0;
        Map<Crash.Target, Integer> crashes = new EnumMap<>(Crash.Target.class);
        try (Harness harness = Harness.start(folder)) {
            for (int number = 0; number < seeds; number++) {
                Trial.Result result = Trial.run(harness, Script.of(first + number));
                say(out, result, number + 1, seeds);
                failed += result.failure().isPresent() ? 1 : 0;
                faults += result.faults();
                jumps += result.jumps();
                fullDisks += result.fullDisks();
                runs += result.runs();
                looks += result.looks();
                servers += result.script().realServer() ? 1 : 0;
                result.crashes().forEach((what, count) -> crashes.merge(what, count, Integer::sum));
            }
        }
        out.printf(
                Locale.ROOT,
                "%n%,d seeds (%,d engine, %,d server), %,d runs, %,d fault scripts, crashes %s, %,d clock jumps, %,d full"
                        + " disks, %,d looks: %s in %,d s%n",
                seeds,
                seeds - servers,
                servers,
                runs,
                faults,
                crashes,
                jumps,
                fullDisks,
                looks,
                failed == 0 ? "all held" : failed + " FAILED",
                Duration.ofNanos(System.nanoTime() - begun).toSeconds());
        return failed == 0;
    }

    private static void say(PrintStream out, Trial.Result result, int number, int of) {
        long seed = result.script().seed();
        out.printf(
                Locale.ROOT,
                "%4d/%d seed %d %s, %d hosts: %d faults, crashes %s%s%s, %d runs: %s, %.1f s%n",
                number,
                of,
                seed,
                result.script().realServer() ? "server" : "engine",
                result.script().population().endpoints(),
                result.faults(),
                result.crashes(),
                result.jumps() == 0 ? "" : ", " + result.jumps() + " clock jumps",
                result.fullDisks() == 0 ? "" : ", " + result.fullDisks() + " full disks",
                result.runs(),
                result.failure().isEmpty() ? "held" : "FAILED",
                result.took().toMillis() / 1000.0);
        result.failure().ifPresent(why -> {
            out.println("     " + why);
            out.println("     script: " + result.script());
            out.println("     again:  ./etm torture --seeds 1 --seed " + seed);
        });
        out.flush();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.etmconnect.simulator.population.Severity;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What the reports of all benchmarks share: where a figure was taken, and how figures are summed up. */
public final class Surroundings {

    private Surroundings() {}

    /** The machine, in words. */
    public static Map<String, Object> machine() throws IOException {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("processor", lineOf(Path.of("/proc/cpuinfo"), "model name"));
        machine.put("memory", lineOf(Path.of("/proc/meminfo"), "MemTotal"));
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("java", Runtime.version().toString());
        return machine;
    }

    /** The commit that the working directory is at, or {@code unknown}. */
    public static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=40").start();
            try (Stream<String> lines = git.inputReader().lines()) {
                return lines.findFirst().orElse("unknown");
            }
        } catch (IOException noGit) {
            return "unknown";
        }
    }

    /** The machine's load average over one minute; negative if it does not tell. */
    public static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** The smallest value that at least the share {@code q}, 0 to 1, of the ascending values does not exceed. */
    public static double quantile(double[] sorted, double q) {
        return sorted[Math.max(0, (int) Math.ceil(q * sorted.length) - 1)];
    }

    /** The severity, 1 to 5, that the default transform map makes of the vendor's. */
    public static byte etmSeverity(Severity severity) {
        return switch (severity) {
            case CRITICAL -> 5;
            case HIGH -> 4;
            case MEDIUM -> 3;
            case LOW -> 2;
            case INFORMATIONAL -> 1;
        };
    }

    /**
     * The head of a report, to be added to: which benchmark, how it was called, when, on what.
     *
     * @param load the load average before it began
     */
    public static Map<String, Object> report(String benchmark, CommandSpec spec, double load) throws IOException {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("benchmark", benchmark);
        report.put(
                "command",
                "./etm bench " + benchmark + " "
                        + String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        report.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        report.put("commit", commit());
        report.put("machine", machine());
        report.put("loadBefore", load);
        return report;
    }

    /** Writes a report as JSON; makes the folder if it is not there. */
    public static void write(Path file, Map<String, Object> report) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValue(file, report);
    }

    private static String lineOf(Path file, String key) throws IOException {
        if (Files.notExists(file)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        }
    }
}

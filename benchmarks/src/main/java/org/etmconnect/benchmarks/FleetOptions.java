// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.simulator.population.PopulationSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What benchmarks over a simulated fleet ask alike: its size, where things are kept, where the numbers go. */
public final class FleetOptions {

    private static final long SEED = 1;

    @Option(names = "--endpoints", paramLabel = "N", description = "Hosts of the fleet. Default: ${DEFAULT-VALUE}")
    private int endpoints;

    @Option(names = "--cves", paramLabel = "N", description = "CVEs of a host on average. Default: ${DEFAULT-VALUE}")
    private int cves;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where database and files are kept; what an earlier run left there may be deleted."
                    + " Default: ${DEFAULT-VALUE}")
    private Path directory;

    @Option(names = "--out", paramLabel = "FILE", description = "Writes all single numbers there, as JSON")
    private Optional<Path> out = Optional.empty();

    /** These are the defaults. */
    public FleetOptions(int endpoints, int cves, String directory) {
        this.endpoints = endpoints;
        this.cves = cves;
        this.directory = Path.of(directory);
    }

    /** How many hosts. */
    public int endpoints() {
        return endpoints;
    }

    /** How many CVEs a host has on average. */
    public int cves() {
        return cves;
    }

    /** The fleet, which is the same each time. */
    public PopulationSettings fleet() {
        return new PopulationSettings(SEED, endpoints, cves);
    }

    /** Where database and files are kept. */
    public Path directory() {
        return directory;
    }

    /**
     * Writes the report, if one is wanted: how the benchmark was called, when, on what, for which fleet, and {@code figures}.
     *
     * @param load the load average before the benchmark began
     */
    public void report(String benchmark, CommandSpec spec, double load, Map<String, ?> figures) throws IOException {
        if (out.isPresent()) {
            Map<String, Object> report = Surroundings.report(benchmark, spec, load);
            report.put("fleet", Map.of("seed", SEED, "endpoints", endpoints, "cves", cves));
            report.putAll(figures);
            Surroundings.write(out.get(), report);
            spec.commandLine().getOut().println("Single numbers: " + out.get());
        }
    }
}

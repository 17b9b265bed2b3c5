// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.etmconnect.simulator.population.Population;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.simulator.population.Severity;
import org.etmconnect.simulator.population.Truth;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The simulator as a program. */
@Command(
        name = "cortex-xdr-simulator",
        mixinStandardHelpOptions = true,
        version = "cortex-xdr-simulator 0.1.0",
        description = "Serves a made-up Cortex XDR tenant until it is stopped with Ctrl-C.",
        subcommands = SimulatorProgram.TruthCommand.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped, or the answer was printed", "1:it could not start", "2:the command line is wrong"})
public final class SimulatorProgram implements Callable<Integer> {

    private static final String FOOTER = """
              cortex-xdr-simulator --endpoints 2000 --cves 50 --port 8444 --rate-limit 10 \\
                  --latency 200ms --fault get_endpoint@3-5:429

            A fault is written so:
            """ + FaultScript.SYNTAX.indent(2);

    @Mixin
    private FleetOptions fleet = new FleetOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--day", paramLabel = "N", description = "Day to start on, 0 to 365. Default: ${DEFAULT-VALUE}.")
    private int day;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}, which only this machine reaches.")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port = 8444;

    @Option(names = "--key", paramLabel = "KEY", description = "API key that is accepted. Default: ${DEFAULT-VALUE}.")
    private String key = SimulatorSettings.DEFAULT_KEY;

    @Option(names = "--key-id", paramLabel = "ID", description = "Its id. Default: ${DEFAULT-VALUE}.")
    private String keyId = SimulatorSettings.DEFAULT_KEY_ID;

    @Option(names = "--advanced", description = "The key is an Advanced one: requests must be signed.")
    private boolean advanced;

    @Option(
            names = "--rate-limit",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "10",
            defaultValue = "0",
            description = "Answer 429 to more than N requests in a second; 10 if N is left out. Default: no limit.")
    private int rateLimit;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            defaultValue = "0ms",
            description = "What each request takes at least, e.g. 200ms or 2s. Default: ${DEFAULT-VALUE}.")
    private Duration latency = Duration.ZERO;

    @Option(
            names = "--host-insights",
            paramLabel = "STATE",
            description = "Whether there is CVE data: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private HostInsights hostInsights = HostInsights.ENABLED;

    @Option(
            names = "--fault",
            paramLabel = "SCRIPT",
            converter = FaultConverter.class,
            description = "How the tenant misbehaves; can be given several times. See below.")
    private List<FaultScript> faults = new ArrayList<>();

    /** What the fleet is made from; the same for serving it and for telling the truth about it. */
    static final class FleetOptions {
        @Option(names = "--endpoints", paramLabel = "N", description = "Hosts on day 0. Default: ${DEFAULT-VALUE}.")
        private int endpoints = 2_000;

        @Option(
                names = "--cves",
                paramLabel = "N",
                description = "CVEs of a host on average. Default: ${DEFAULT-VALUE}.")
        private int cves = 50;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Another seed is another fleet. Default: ${DEFAULT-VALUE}.")
        private long seed = 1;

        @Option(
                names = "--day-zero",
                paramLabel = "DATE",
                description = "Calendar day of day 0, e.g. 2026-01-05. Default: ${DEFAULT-VALUE}.")
        private LocalDate dayZero = PopulationSettings.DEFAULT_DAY_ZERO;

        PopulationSettings settings() {
            return new PopulationSettings(seed, endpoints, cves, dayZero);
        }
    }

    /** Prints numbers of the fleet and serves nothing. */
    @Command(
            name = "truth",
            mixinStandardHelpOptions = true,
            description = "Prints what is true of the fleet for somebody who looked at it on the days 0 to N.",
            footerHeading = "%nExample:%n",
            footer = "  cortex-xdr-simulator truth --endpoints 2000 --cves 50 --day 2")
    static final class TruthCommand implements Callable<Integer> {

        @Mixin
        private FleetOptions fleet = new FleetOptions();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Option(names = "--day", paramLabel = "N", description = "0 to 365. Default: ${DEFAULT-VALUE}.")
        private int day;

        @Option(names = "--without-dismissed", description = "Leave out CVEs that the tenant dismissed.")
        private boolean withoutDismissed;

        @Option(names = "--json", description = "Print JSON, one object a day.")
        private boolean json;

        @Override
        public Integer call() {
            checkDay(spec, day);
            PrintWriter out = spec.commandLine().getOut();
            List<Truth> truths = Truth.over(
                    population(spec, fleet),
                    IntStream.rangeClosed(0, day).boxed().toList(),
                    withoutDismissed ? Truth.Dismissed.LEFT_OUT : Truth.Dismissed.COUNTED);
            JsonMapper mapper = JsonMapper.builder().build();
            for (Truth truth : truths) {
                if (json) {
                    out.println(mapper.writeValueAsString(truth));
                } else {
                    out.printf(
                            "day %d: %d assets (%d new, %d returned, %d retired), %d open findings (%d new, %d fixed, %d"
                                    + " reopened)%n",
                            truth.day(),
                            truth.assets(),
                            truth.assetsNew(),
                            truth.assetsReturned(),
                            truth.assetsRetired(),
                            truth.openFindings(),
                            truth.newFindings(),
                            truth.fixedFindings(),
                            truth.reopenedFindings());
                    for (Severity severity : Severity.values()) {
                        out.printf(
                                "    %-13s %d%n",
                                severity, truth.openBySeverity().getOrDefault(severity, 0L));
                    }
                }
            }
            out.flush();
            return 0;
        }
    }

    /** Reads {@code 200ms}, {@code 2s} and plain milliseconds. */
    static final class TimeConverter implements CommandLine.ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                if (text.endsWith("ms")) {
                    return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
                }
                return text.endsWith("s")
                        ? Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)))
                        : Duration.ofMillis(Long.parseLong(text));
            } catch (NumberFormatException e) {
                throw new CommandLine.TypeConversionException("'" + text + "' is no time; write 200ms or 2s");
            }
        }
    }

    /** Reads a fault script. */
    static final class FaultConverter implements CommandLine.ITypeConverter<FaultScript> {
        @Override
        public FaultScript convert(String text) {
            try {
                return FaultScript.parse(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(e.getMessage());
            }
        }
    }

    /** Runs the program and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new SimulatorProgram())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(110);
        // Footers are format strings, and the syntax of faults has percent signs.
        line.getCommandSpec().usageMessage().footerHeading("%nExample:%n").footer(FOOTER.replace("%", "%%"));
        return line;
    }

    private static void checkDay(CommandSpec spec, int day) {
        if (day < 0 || day > Population.LAST_DAY) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--day is " + day + "; give a number from 0 to " + Population.LAST_DAY);
        }
    }

    private static Population population(CommandSpec spec, FleetOptions fleet) {
        return Population.of(settings(spec, fleet));
    }

    private static PopulationSettings settings(CommandSpec spec, FleetOptions fleet) {
        try {
            return fleet.settings();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        checkDay(spec, day);
        SimulatorSettings settings = SimulatorSettings.of(settings(spec, fleet))
                .withDay(day)
                .withHost(host)
                .withPort(port)
                .withKeys(List.of(advanced ? ApiKey.advanced(keyId, key) : ApiKey.standard(keyId, key)))
                .withHostInsights(hostInsights)
                .withLatency(latency)
                .withFaults(faults);
        try (CortexXdrSimulator simulator =
                CortexXdrSimulator.start(rateLimit > 0 ? settings.withRequestsPerSecond(rateLimit) : settings)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("Simulated Cortex XDR tenant: " + simulator.baseUrl());
            out.println("  API key id: " + keyId + (advanced ? " (Advanced)" : " (Standard)"));
            out.println("  " + fleet.endpoints + " hosts with " + fleet.cves + " CVEs on average, seed " + fleet.seed
                    + ", day " + day);
            out.println("  Truth: curl '" + simulator.baseUrl() + "/simulator/truth?day=" + day + "'");
            out.println("  Next day: curl -d '{\"day\":" + (day + 1) + "}' " + simulator.baseUrl() + "/simulator/day");
            out.println("Ctrl-C stops it.");
            out.flush();
            CountDownLatch stopped = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown));
            stopped.await();
        } catch (UncheckedIOException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return 1;
        }
        return 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The simulated gateway as a program. */
@Command(
        name = "qualys-simulator",
        mixinStandardHelpOptions = true,
        version = "qualys-simulator 0.1.0",
        description = "Serves a made-up Qualys gateway until it is stopped with Ctrl-C.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped", "1:it could not start", "2:the command line is wrong"})
public final class QualysSimulatorProgram implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on. Default: ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port = 8446;

    @Option(names = "--calls-per-hour", paramLabel = "N", description = "Answer 429 to more. Default: any number.")
    private int callsPerHour;

    @Option(
            names = "--fault",
            paramLabel = "SCRIPT",
            description = "How it misbehaves, e.g. sync@3:429; can be given several times. See below.")
    private List<String> faults = new ArrayList<>();

    /** Runs the program and ends the process with its exit code. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new QualysSimulatorProgram()).setUsageHelpWidth(110);
        line.getCommandSpec()
                .usageMessage()
                .footerHeading("%nA fault is written so:%n")
                .footer(GatewayFault.SYNTAX.replace("%", "%%"));
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        GatewaySettings settings =
                GatewaySettings.defaults().withAddress(host, port).withLimits(1_000, callsPerHour, Duration.ofHours(1));
        try {
            settings =
                    settings.withFaults(faults.stream().map(GatewayFault::parse).toList());
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (QualysGatewaySimulator simulator = QualysGatewaySimulator.start(settings)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("Simulated Qualys gateway: " + simulator.baseUrl());
            out.println("  User " + settings.user() + ", password " + settings.password());
            out.println("  Connector UUID " + settings.connectorUuid());
            out.println("  What it holds: curl " + simulator.baseUrl() + "/simulator/assets");
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

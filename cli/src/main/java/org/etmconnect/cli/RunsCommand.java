// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etm runs}. */
@Command(
        name = "runs",
        description = "Start runs and see how they went.",
        mixinStandardHelpOptions = true,
        subcommands = ListCommands.Runs.class,
        footerHeading = "%nExample:%n",
        footer = "  ./etm runs start 1 --wait")
final class RunsCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "show",
            description = "Show one run with its counts.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs show 12")
    int show(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RUN", description = "Id of the run") int id,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        JsonNode run = server.api().get("/api/v1/runs/" + id);
        PrintWriter out = spec.commandLine().getOut();
        if (form == Output.Form.json) {
            new Output(out, Terminal.current().width()).json(run);
        } else {
            RunWatch.summary(run, out);
        }
        return 0;
    }

    @Command(
            name = "start",
            description = "Run a profile now.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs start 1 --wait",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it was started; with --wait: it processed everything",
                "1:it could not be started; with --wait: it failed, was cancelled or is incomplete",
                "2:the command line is wrong"
            })
    int start(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "PROFILE", description = "Id of the profile") int profile,
            @Option(names = "--wait", description = "Follow it to its end") boolean wait) {
        return start(server.api(), spec.commandLine().getOut(), profile, wait);
    }

    static int start(Api api, PrintWriter out, int profile, boolean wait) {
        JsonNode run = api.post("/api/v1/profiles/" + profile + "/runs", Optional.empty());
        int id = run.path("id").asInt();
        out.println("Run " + id + " is " + run.path("state").asString() + ".");
        out.flush();
        if (!wait) {
            out.println("How it goes: ./etm runs show " + id);
            return 0;
        }
        JsonNode ended = new RunWatch(api, out, Terminal.current()).follow(id);
        RunWatch.summary(ended, out);
        return ended.path("state").asString().equals("PROCESSED") ? 0 : 1;
    }

    @Command(
            name = "cancel",
            description = "Stop a run. What it applied stays; it closes nothing.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs cancel 12")
    int cancel(@Mixin ServerOption server, @Parameters(paramLabel = "RUN", description = "Id of the run") int id) {
        server.api().post("/api/v1/runs/" + id + "/cancel", Optional.empty());
        spec.commandLine().getOut().println("Run " + id + " is being cancelled.");
        return 0;
    }

    @Command(
            name = "log",
            description = "Show what a run said.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs log 12")
    int log(@Mixin ServerOption server, @Parameters(paramLabel = "RUN", description = "Id of the run") int id) {
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode line : server.api().get("/api/v1/runs/" + id + "/log").path("items")) {
            out.printf(
                    "%s  %-7s %s%n",
                    Column.local(line.path("at").asString()),
                    line.path("level").asString(),
                    Output.printable(line.path("message").asString()));
        }
        return 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

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
        return started(api, out, run, wait);
    }

    private static int started(Api api, PrintWriter out, JsonNode run, boolean wait) {
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
            name = "watch",
            description = "Follow a run to its end: its log, and how far it has got.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs watch 12",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:it processed everything", "1:it failed, was cancelled or is incomplete"})
    int watch(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RUN", description = "Id of the run") int id,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        PrintWriter out = spec.commandLine().getOut();
        if (form == Output.Form.json) {
            PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
            JsonNode ended = new RunWatch(server.api(), nowhere, Terminal.current()).follow(id);
            new Output(out, Terminal.current().width()).json(ended);
            return ended.path("state").asString().equals("PROCESSED") ? 0 : 1;
        }
        JsonNode ended = new RunWatch(server.api(), out, Terminal.current()).follow(id, true);
        RunWatch.summary(ended, out);
        return ended.path("state").asString().equals("PROCESSED") ? 0 : 1;
    }

    @Command(
            name = "compare",
            description = {
                "Count the findings that were opened, fixed and reopened between two runs or dates, or list them.",
                "A point is the number of a run (its end), or a date such as 2026-03-01, 2026-03-01T12:00:00Z or now-7d."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm runs compare 41 42",
                "  ./etm runs compare now-7d --query 'finding.severity:[4, 5]'",
                "  ./etm runs compare 41 42 --list fixed --limit 100"
            })
    int compare(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "FROM", description = "What happened after this run or date") String from,
            @Parameters(
                            paramLabel = "TO",
                            arity = "0..1",
                            defaultValue = "now",
                            description = "and not after this one. Default: ${DEFAULT-VALUE}")
                    String to,
            @Option(names = "--query", paramLabel = "QQL", defaultValue = "", description = "Only these findings")
                    String query,
            @Option(
                            names = "--list",
                            paramLabel = "KIND",
                            description = "List those that were opened, fixed or reopened")
                    @Nullable
                    String list,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "50",
                            description = "With --list: at most so many, up to 1000. Default: ${DEFAULT-VALUE}")
                    int limit,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table, json or csv")
                    Output.Form form) {
        Api api = server.api();
        JsonNode changes = api.get("/api/v1/findings/changes", Map.of("from", from, "to", to, "query", query));
        Output output =
                new Output(spec.commandLine().getOut(), Terminal.current().width());
        if (list != null) {
            JsonNode change = changes.path(list);
            if (change.isMissingNode()) {
                throw new CliFailure("--list takes opened, fixed or reopened, not " + list + ".");
            }
            JsonNode page = api.get(
                    "/api/v1/findings",
                    Map.of("query", change.path("query").asString(), "limit", Integer.toString(limit)));
            output.list(
                    page.path("items").valueStream().toList(),
                    form == Output.Form.table ? FindingsCommand.COLUMNS : FindingsCommand.CSV,
                    form,
                    true,
                    true);
            return 0;
        }
        if (form == Output.Form.json) {
            output.json(changes);
            return 0;
        }
        List<JsonNode> rows = new ArrayList<>();
        changes.properties()
                .forEach(change -> rows.add(((ObjectNode) change.getValue()).put("change", change.getKey())));
        output.list(
                rows,
                List.of(
                        Column.text("CHANGE", "/change"),
                        Column.number("FINDINGS", "/counts/total"),
                        Column.number("CRITICAL", "/counts/critical"),
                        Column.number("HIGH", "/counts/high"),
                        Column.number("MEDIUM", "/counts/medium"),
                        Column.number("LOW", "/counts/low"),
                        Column.number("INFO", "/counts/info"),
                        Column.number("UNRATED", "/counts/unrated")),
                form,
                true,
                true);
        return 0;
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
            name = "held",
            description = "Show what a run would have closed, and held because it was so much.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs held 12")
    int held(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RUN", description = "Id of the run") int id,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "So many hosts and vulnerabilities at most. Default: ${DEFAULT-VALUE}")
                    int limit,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        JsonNode closures = server.api().get("/api/v1/runs/" + id + "/held-closures?limit=" + limit);
        PrintWriter out = spec.commandLine().getOut();
        Output output = new Output(out, Terminal.current().width());
        if (form == Output.Form.json) {
            output.json(closures);
            return 0;
        }
        JsonNode held = closures.path("held");
        out.println("%s: would fix %,d of %,d open findings and retire %,d of %,d hosts."
                .formatted(
                        held.path("state").asString(),
                        held.path("findings").asLong(),
                        held.path("ofFindings").asLong(),
                        held.path("hosts").asLong(),
                        held.path("ofHosts").asLong()));
        if (held.has("decidedBy")) {
            out.println("Decided by " + held.path("decidedBy").asString() + ", "
                    + held.path("decidedAt").asString() + ".");
            return 0;
        }
        output.list(
                closures.path("byHost").valueStream().toList(),
                List.of(
                        Column.number("ASSET", "/assetId"),
                        Column.text("HOST", "/name"),
                        Column.text("KEY", "/nativeKey"),
                        Column.text("RETIRED", "/retired"),
                        Column.number("FINDINGS", "/findings")),
                form,
                true,
                true);
        output.list(
                closures.path("byVulnerability").valueStream().toList(),
                List.of(
                        Column.text("FINDING", "/externalFindingId"),
                        Column.number("SEVERITY", "/severity"),
                        Column.number("HOSTS", "/hosts")),
                form,
                true,
                true);
        return 0;
    }

    @Command(
            name = "confirm",
            description = "Close what a run held. See it first: ./etm runs held RUN",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs confirm 12")
    int confirm(@Mixin ServerOption server, @Parameters(paramLabel = "RUN", description = "Id of the run") int id) {
        JsonNode held = server.api().post("/api/v1/runs/" + id + "/held-closures/confirm", Optional.empty());
        spec.commandLine()
                .getOut()
                .println("Fixed %,d findings and retired %,d hosts."
                        .formatted(
                                held.path("findings").asLong(),
                                held.path("hosts").asLong()));
        return 0;
    }

    @Command(
            name = "reject",
            description = "Leave open what a run held. The connection's next run looks again.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs reject 12")
    int reject(@Mixin ServerOption server, @Parameters(paramLabel = "RUN", description = "Id of the run") int id) {
        server.api().post("/api/v1/runs/" + id + "/held-closures/reject", Optional.empty());
        spec.commandLine().getOut().println("What run " + id + " held stays open.");
        return 0;
    }

    @Command(
            name = "retry",
            description = "Try again what a run put into quarantine, with the profile's map as it is now.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs retry 12 --wait",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it was started; with --wait: it ended",
                "1:it could not be started; with --wait: it failed or was cancelled",
                "2:the command line is wrong"
            })
    int retry(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RUN", description = "Id of the run") int id,
            @Option(
                            names = "--id",
                            paramLabel = "ID",
                            description = "Only this, as ./etm quarantine has it; repeatable")
                    @Nullable
                    List<Integer> ids,
            @Option(names = "--wait", description = "Follow it to its end") boolean wait) {
        Api api = server.api();
        JsonNode run = api.post("/api/v1/runs/" + id + "/quarantine/retry", Optional.of(choice(ids)));
        return started(api, spec.commandLine().getOut(), run, wait);
    }

    @Command(
            name = "dismiss",
            description = "Put aside what a run put into quarantine: it is not shown as open, in later runs either.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs dismiss 12 --id 40 --note \"Kubernetes nodes have no serial number\"")
    int dismiss(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RUN", description = "Id of the run") int id,
            @Option(
                            names = "--id",
                            paramLabel = "ID",
                            description = "Only this, as ./etm quarantine has it; repeatable")
                    @Nullable
                    List<Integer> ids,
            @Option(names = "--note", paramLabel = "TEXT", description = "Why, for those who come later") @Nullable
                    String note) {
        ObjectNode request = choice(ids);
        Optional.ofNullable(note).ifPresent(text -> request.put("note", text));
        return changed(
                server.api().post("/api/v1/runs/" + id + "/quarantine/dismiss", Optional.of(request)), "put aside");
    }

    @Command(
            name = "restore",
            description = "Take back into sight what was put aside of a run's quarantine.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs restore 12 --id 40")
    int restore(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RUN", description = "Id of the run") int id,
            @Option(
                            names = "--id",
                            paramLabel = "ID",
                            description = "Only this, as ./etm quarantine has it; repeatable")
                    @Nullable
                    List<Integer> ids) {
        return changed(
                server.api().post("/api/v1/runs/" + id + "/quarantine/restore", Optional.of(choice(ids))),
                "taken back into sight");
    }

    private int changed(JsonNode change, String how) {
        spec.commandLine()
                .getOut()
                .println("%,d things %s.".formatted(change.path("changed").asInt(), how));
        return 0;
    }

    private static ObjectNode choice(@Nullable List<Integer> ids) {
        ObjectNode choice = JsonNodeFactory.instance.objectNode();
        if (ids != null) {
            ids.forEach(choice.putArray("ids")::add);
        }
        return choice;
    }

    @Command(
            name = "log",
            description = "Show what a run said.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm runs log 12")
    int log(@Mixin ServerOption server, @Parameters(paramLabel = "RUN", description = "Id of the run") int id) {
        PrintWriter out = spec.commandLine().getOut();
        server.api().get("/api/v1/runs/" + id + "/log").path("items").forEach(line -> RunWatch.printLogLine(line, out));
        return 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code etm maps dry-run}: what a map would change. */
@Command(
        name = "dry-run",
        description = {
            "Try a map on the whole last snapshot of a connection.",
            "Says how often each field is filled, which values fail to convert, and what a replay with the map would change."
                    + " Writes nothing and calls no vendor."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm maps dry-run --connection 1 --map servers.yaml",
            "  ./etm maps dry-run --connection 1 --map-name Servers --map-version 3 --output json"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it ended", "1:it failed or was cancelled", "2:the command line is wrong"})
final class MapsDryRunCommand implements Callable<Integer> {

    /** Which map. */
    static final class Chosen {
        @Option(names = "--map", required = true, paramLabel = "FILE.yaml", description = "A map's text")
        private @Nullable Path file;

        @Option(names = "--map-name", required = true, paramLabel = "NAME", description = "A map of the server")
        private @Nullable String name;
    }

    @Mixin
    private ServerOption server = new ServerOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Chosen chosen = new Chosen();

    @Option(names = "--map-version", paramLabel = "N", description = "Which version of --map-name; else the newest")
    private @Nullable Integer version;

    @Option(names = "--connection", required = true, paramLabel = "ID", description = "Whose last snapshot")
    private int connection;

    @Option(names = "--output", paramLabel = "FORM", description = "table or json. Default: ${DEFAULT-VALUE}")
    private Output.Form form = Output.Form.table;

    @Override
    public Integer call() {
        Api api = server.api();
        ObjectNode request = JsonMapper.shared().createObjectNode().put("connectionId", connection);
        Optional.ofNullable(chosen.file).ifPresent(path -> request.put("yaml", MapsCommand.read(path)));
        Optional.ofNullable(chosen.name).ifPresent(name -> request.put("map", name));
        Optional.ofNullable(version).ifPresent(number -> request.put("version", number));
        int id = api.post("/api/v1/dry-runs", Optional.of(request)).path("id").asInt();
        PrintWriter out = spec.commandLine().getOut();
        boolean table = form != Output.Form.json;
        JsonNode ended = new RunWatch(api, table ? out : spec.commandLine().getErr(), Terminal.current())
                .follow("/api/v1/dry-runs/" + id, "dry run " + id);
        if (table) {
            print(ended, out);
        } else {
            new Output(out, Terminal.current().width()).json(ended);
        }
        return ended.path("state").asString().equals("DONE") ? 0 : 1;
    }

    private static void print(JsonNode dryRun, PrintWriter out) {
        out.println("Dry run " + dryRun.path("id").asInt() + ": "
                + dryRun.path("state").asString());
        if (dryRun.has("failure")) {
            out.println("  " + Output.printable(dryRun.at("/failure/message").asString()));
        }
        JsonNode result = dryRun.path("result");
        if (!result.isObject()) {
            return;
        }
        JsonNode assets = result.path("assets");
        JsonNode findings = result.path("findings");
        out.println("On the snapshot of run " + result.path("runId").asInt() + " of "
                + Column.local(result.path("snapshotAt").asString()) + ". A replay would bring:");
        out.printf(
                "  assets    %,d new, %,d changed, %,d unchanged, %,d retired; %,d merged, %,d split%n",
                assets.path("added").asLong(),
                assets.path("changed").asLong(),
                assets.path("unchanged").asLong(),
                assets.path("retired").asLong(),
                assets.path("merged").asLong(),
                assets.path("split").asLong());
        out.printf(
                "  findings  %,d opened, %,d reopened, %,d fixed, %,d unchanged; %,d with changed text%n",
                findings.path("opened").asLong(),
                findings.path("reopened").asLong(),
                findings.path("fixed").asLong(),
                findings.path("unchanged").asLong(),
                findings.path("changed").asLong());
        result.path("missing")
                .forEach(missing -> out.println("  closes nothing: " + Output.printable(missing.asString())));
        result.path("warnings").forEach(warning -> out.println("  warning: " + MapsCommand.line(warning)));
        for (String examples : List.of("mergeExamples", "splitExamples")) {
            assets.path(examples)
                    .forEach(move ->
                            out.println("  " + Output.printable(move.path("key").asString()) + ": "
                                    + Output.printable(move.path("text").asString())));
        }
        changes("Changed fields of assets", assets.path("changes"), out);
        changes("Changed fields of vulnerabilities", findings.path("changes"), out);
        for (JsonNode row : result.path("failures")) {
            out.printf(
                    "%nRow %d, %s -> %s: %,d values fail%n",
                    row.path("row").asInt(),
                    row.path("source").asString(),
                    row.path("target").asString(),
                    row.path("count").asLong());
            row.path("examples")
                    .forEach(example -> out.println(
                            "  " + Output.printable(example.path("of").asString()) + "  "
                                    + Output.printable(example.path("value").asString()) + ": "
                                    + Output.printable(example.path("reason").asString())));
        }
        out.println();
        new Output(out, Terminal.current().width())
                .list(
                        result.path("fill")
                                .valueStream()
                                .filter(fill -> fill.path("mapped").asBoolean()
                                        || fill.path("filled").asLong() > 0)
                                .map(MapsDryRunCommand::withRate)
                                .toList(),
                        List.of(
                                Column.text("FIELD", "/target"),
                                Column.text("FILLED", "/rate"),
                                Column.number("COUNT", "/filled"),
                                Column.number("OF", "/of"),
                                Column.text("UNIT", "/unit")),
                        Output.Form.table,
                        true,
                        true);
    }

    private static JsonNode withRate(JsonNode fill) {
        long of = fill.path("of").asLong();
        String rate =
                of == 0 ? "-" : "%.1f %%".formatted(100.0 * fill.path("filled").asLong() / of);
        return ((ObjectNode) fill).deepCopy().put("rate", rate);
    }

    private static void changes(String title, JsonNode changes, PrintWriter out) {
        if (changes.isEmpty()) {
            return;
        }
        out.println();
        out.println(title);
        for (JsonNode change : changes) {
            out.printf(
                    "  %s: %,d%n",
                    change.path("target").asString(), change.path("count").asLong());
            change.path("examples")
                    .forEach(example -> out.println(
                            "    " + Output.printable(example.path("of").asString()) + ": " + shown(example, "before")
                                    + " -> " + shown(example, "after")));
        }
    }

    private static String shown(JsonNode example, String side) {
        JsonNode value = example.has(side) ? example.path(side) : JsonNodeFactory.instance.stringNode("(none)");
        return Output.printable(value.isString() ? value.asString() : value.toString());
    }
}

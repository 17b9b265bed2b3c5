// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code etm maps}: transform maps. */
@Command(
        name = "maps",
        description = "Work with transform maps.",
        mixinStandardHelpOptions = true,
        subcommands = {MapsCommand.Maps.class, MapsPreviewCommand.class, MapsDryRunCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm maps clone 'Cortex XDR Transformation Map (Vulnerabilities)' Servers",
            "  ./etm maps show Servers --yaml > servers.yaml",
            "  ./etm maps save Servers servers.yaml --base 1 --comment 'Low is not that low'"
        })
final class MapsCommand {

    private static final String MAPS = "/api/v1/maps";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** {@code etm maps list}. */
    @Command(
            name = "list",
            description = "List all maps, those that connectors ship first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps list")
    static final class Maps extends ListCommands {
        @Override
        String path() {
            return MAPS;
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.text("NAME", "/name"),
                    Column.text("READ-ONLY", "/readOnly"),
                    Column.number("VERSION", "/version"),
                    Column.text("AUTHOR", "/author"),
                    Column.time("SAVED", "/savedAt"),
                    Column.text("SOURCE", "/source"),
                    Column.text("USED BY", "/usedBy"));
        }
    }

    static String path(String name) {
        return MAPS + "/" + Api.encoded(name);
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new CliFailure("The file " + file + " cannot be read: " + failure + ". Check its path.", failure);
        }
    }

    private static ObjectNode body() {
        return JsonMapper.shared().createObjectNode();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private Output output() {
        return new Output(out(), Terminal.current().width());
    }

    @Command(
            name = "show",
            description = "Show a map: its rows, or its text.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps show Servers --yaml > servers.yaml")
    int show(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MAP", description = "Its name") String name,
            @Option(names = "--map-version", paramLabel = "N", description = "Which version; else the newest") @Nullable
                    Integer version,
            @Option(names = "--yaml", description = "Print its text alone") boolean yaml,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table, json or csv")
                    Output.Form form) {
        JsonNode map = server.api().get(path(name) + (version == null ? "" : "/versions/" + version));
        if (yaml) {
            out().print(map.path("yaml").asString());
            out().flush();
            return 0;
        }
        if (form == Output.Form.json) {
            output().json(map);
            return 0;
        }
        if (form == Output.Form.table) {
            out().println(Output.printable(map.path("name").asString())
                    + (map.path("readOnly").asBoolean()
                            ? "  (read-only)"
                            : "  version " + map.path("version").asInt() + " by "
                                    + map.path("author").asString() + ", "
                                    + Column.local(map.path("savedAt").asString())));
            out().println(map.path("source").asString() + " -> "
                    + map.path("target").asString());
            map.path("usedBy").forEach(user -> out().println("used by " + Output.printable(user.asString())));
            if (map.has("unreadable")) {
                throw new CliFailure(
                        "Its text cannot be read: " + map.path("unreadable").asString());
            }
            out().println();
        }
        List<JsonNode> rows = map.path("rows")
                .valueStream()
                .map(row -> {
                    ObjectNode line = ((ObjectNode) row).deepCopy();
                    if (row.has("values")) {
                        line.put("values", row.path("values").toString());
                    }
                    return (JsonNode) line;
                })
                .toList();
        output().list(
                        rows,
                        List.of(
                                Column.number("ROW", "/row"),
                                Column.text("SOURCE", "/source"),
                                Column.text("TARGET", "/target"),
                                Column.text("EXPRESSION", "/expression"),
                                Column.text("VALUES", "/values"),
                                Column.text("OTHERWISE", "/otherwise")),
                        form,
                        true,
                        true);
        return 0;
    }

    @Command(
            name = "create",
            description = "Create a map, from its text or with the identifier's row alone.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm maps create --file servers.yaml",
                "  ./etm maps create --name Servers --source 'Cortex XDR Endpoint' --target 'ETM Host Asset'"
            })
    int create(
            @Mixin ServerOption server,
            @Option(names = "--file", paramLabel = "FILE.yaml", description = "Its text") @Nullable Path file,
            @Option(names = "--name", paramLabel = "NAME", description = "Its name") @Nullable String name,
            @Option(names = "--source", paramLabel = "MODEL", description = "Its source data model") @Nullable
                    String source,
            @Option(names = "--target", paramLabel = "MODEL", description = "Its target data model") @Nullable
                    String target,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "", description = "Why") String comment,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        ObjectNode request = body().put("comment", comment);
        Optional.ofNullable(file).ifPresent(path -> request.put("yaml", read(path)));
        Optional.ofNullable(name).ifPresent(value -> request.put("name", value));
        Optional.ofNullable(source).ifPresent(value -> request.put("source", value));
        Optional.ofNullable(target).ifPresent(value -> request.put("target", value));
        return saved(server.api().post(MAPS, Optional.of(request)), form);
    }

    @Command(
            name = "clone",
            description = "Copy a map under a new name.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps clone 'Cortex XDR Transformation Map (Vulnerabilities)' Servers")
    int cloneMap(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MAP", description = "The map to copy") String name,
            @Parameters(paramLabel = "NAME", description = "The copy's name") String copy,
            @Option(names = "--map-version", paramLabel = "N", description = "Which version; else the newest") @Nullable
                    Integer version,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "", description = "Why") String comment,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        ObjectNode request = body().put("name", copy).put("comment", comment);
        Optional.ofNullable(version).ifPresent(value -> request.put("version", value));
        return saved(server.api().post(path(name) + "/clone", Optional.of(request)), form);
    }

    @Command(
            name = "save",
            description = "Save a further version of a map.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps save Servers servers.yaml --base 3 --comment 'Low is not that low'")
    int save(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MAP", description = "Its name, as in the text") String name,
            @Parameters(paramLabel = "FILE.yaml", description = "Its text") Path file,
            @Option(
                            names = "--base",
                            required = true,
                            paramLabel = "N",
                            description =
                                    "The version that you changed. If somebody saved another since, nothing is saved.")
                    int base,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "", description = "Why") String comment,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        return saved(
                server.api()
                        .put(
                                path(name),
                                body().put("yaml", read(file))
                                        .put("baseVersion", base)
                                        .put("comment", comment)),
                form);
    }

    private int saved(JsonNode map, Output.Form form) {
        if (form == Output.Form.json) {
            output().json(map);
            return 0;
        }
        map.path("warnings").forEach(warning -> spec.commandLine().getErr().println("warning: " + line(warning)));
        out().println("Saved " + Output.printable(map.path("name").asString()) + ", version "
                + map.path("version").asInt() + ".");
        out().flush();
        return 0;
    }

    @Command(
            name = "versions",
            description = "List the versions of a map, the newest first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps versions Servers")
    int versions(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MAP", description = "Its name") String name,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table, json or csv")
                    Output.Form form) {
        output().list(
                        server.api()
                                .get(path(name) + "/versions")
                                .path("items")
                                .valueStream()
                                .toList(),
                        List.of(
                                Column.number("VERSION", "/version"),
                                Column.text("AUTHOR", "/author"),
                                Column.time("SAVED", "/savedAt"),
                                Column.text("COMMENT", "/comment")),
                        form,
                        true,
                        true);
        return 0;
    }

    @Command(
            name = "diff",
            description = "Show what differs between two versions of a map, or between two maps.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm maps diff Servers --from 1 --to 3",
                "  ./etm maps diff Servers --with 'Cortex XDR Transformation Map (Vulnerabilities)'"
            })
    int diff(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MAP", description = "Its name") String name,
            @Option(names = "--from", paramLabel = "N", description = "The earlier version; else the one before")
                    @Nullable
                    Integer from,
            @Option(names = "--to", paramLabel = "N", description = "The later version; else the newest") @Nullable
                    Integer to,
            @Option(names = "--with", paramLabel = "MAP", description = "Another map to take as the earlier one")
                    @Nullable
                    String with,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Map<String, String> parameters = new HashMap<>();
        Optional.ofNullable(from).ifPresent(value -> parameters.put("from", value.toString()));
        Optional.ofNullable(to).ifPresent(value -> parameters.put("to", value.toString()));
        Optional.ofNullable(with).ifPresent(value -> parameters.put("with", value));
        JsonNode diff = server.api().get(path(name) + "/diff", parameters);
        if (form == Output.Form.json) {
            output().json(diff);
            return 0;
        }
        out().println(
                        diff.path("rows").isEmpty() && diff.path("head").isEmpty()
                                ? "The maps do the same."
                                : diff.path("rows").size() + " rows differ.");
        diff.path("text").asString().lines().forEach(line -> out().println(Output.printable(line)));
        out().flush();
        return 0;
    }

    @Command(
            name = "restore",
            description = "Save an old version again, as the newest.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps restore Servers 2")
    int restore(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MAP", description = "Its name") String name,
            @Parameters(paramLabel = "VERSION", description = "The version to restore") int version,
            @Option(names = "--comment", paramLabel = "TEXT", defaultValue = "", description = "Why") String comment,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Api api = server.api();
        int newest = api.get(path(name)).path("version").asInt(1);
        return saved(
                api.post(
                        path(name) + "/versions/" + version + "/restore",
                        Optional.of(body().put("baseVersion", newest).put("comment", comment))),
                form);
    }

    @Command(
            name = "delete",
            description = "Delete a map that no profile uses.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps delete Servers")
    int delete(@Mixin ServerOption server, @Parameters(paramLabel = "MAP", description = "Its name") String name) {
        server.api().delete(path(name));
        out().println("Deleted " + name + ".");
        return 0;
    }

    @Command(
            name = "check",
            description = "Check a map's text without saving it.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps check servers.yaml",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {"0:it can be used", "1:it cannot", "2:the command line is wrong"})
    int check(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "FILE.yaml", description = "The text") Path file,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        JsonNode check = server.api().post(MAPS + "/check", Optional.of(body().put("yaml", read(file))));
        if (form == Output.Form.json) {
            output().json(check);
        } else {
            check.path("problems")
                    .forEach(problem -> out().println(file + ":"
                            + problem.path("line").asInt(1) + ":"
                            + problem.path("column").asInt(1) + ": "
                            + (problem.path("level").asString().equals("WARNING") ? "warning: " : "") + line(problem)));
            out().println(check.path("usable").asBoolean() ? "The map can be used." : "The map cannot be used.");
            out().flush();
        }
        return check.path("usable").asBoolean() ? 0 : 1;
    }

    /** A problem of a map in one line. */
    static String line(JsonNode problem) {
        StringBuilder text = new StringBuilder();
        if (problem.has("row")) {
            text.append("row ").append(problem.path("row").asInt()).append(", ");
        }
        text.append(problem.path("field").asString());
        if (problem.has("expressionLine")) {
            text.append(" (line ")
                    .append(problem.path("expressionLine").asInt())
                    .append(", column ")
                    .append(problem.path("expressionColumn").asInt())
                    .append(" of the expression)");
        }
        text.append(": ").append(problem.path("message").asString());
        if (problem.has("suggestion")) {
            text.append(" Did you mean ")
                    .append(problem.path("suggestion").asString())
                    .append('?');
        }
        return Output.printable(text.toString());
    }

    @Command(
            name = "replay",
            description =
                    "Apply a map to the last sealed snapshot of a profile's connection, without any call to the vendor.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm maps replay 1 --map-name Servers --map-version 3 --wait",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it was started; with --wait: it processed everything",
                "1:it could not be started; with --wait: it failed, was cancelled or is incomplete",
                "2:the command line is wrong"
            })
    int replay(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "PROFILE", description = "Id of the profile") int profile,
            @Option(names = "--map-name", paramLabel = "NAME", description = "The map; else the profile's") @Nullable
                    String map,
            @Option(names = "--map-version", paramLabel = "N", description = "Which version; else the newest") @Nullable
                    Integer version,
            @Option(names = "--wait", description = "Follow it to its end") boolean wait,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Api api = server.api();
        ObjectNode request = body();
        Optional.ofNullable(map).ifPresent(value -> request.put("map", value));
        Optional.ofNullable(version).ifPresent(value -> request.put("version", value));
        JsonNode run = api.post("/api/v1/profiles/" + profile + "/replays", Optional.of(request));
        int id = run.path("id").asInt();
        boolean table = form != Output.Form.json;
        if (table) {
            out().println("Run " + id + " replays run " + run.path("replayOf").asInt() + ".");
            out().flush();
        }
        if (wait) {
            run = new RunWatch(api, table ? out() : spec.commandLine().getErr(), Terminal.current()).follow(id);
        }
        if (!table) {
            output().json(run);
        } else if (wait) {
            RunWatch.summary(run, out());
        } else {
            out().println("How it goes: ./etm runs show " + id);
        }
        return !wait || run.path("state").asString().equals("PROCESSED") ? 0 : 1;
    }
}

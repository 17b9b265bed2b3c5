// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What {@code assets} and {@code findings} share: a query, an order, pages. */
abstract class SearchCommand implements Callable<Integer> {

    private static final int PAGE = 500;
    private static final int MOST_GROUPS = 1_000;
    private static final String EXACT_UP_TO = "100000000";

    @Mixin
    private ServerOption server = new ServerOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "QQL",
            description = "The query, in single quotes. Without one, everything is listed.")
    private String query = "";

    @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: ${DEFAULT-VALUE}")
    private int limit = 50;

    @Option(names = "--all", description = "All of them")
    private boolean all;

    @Option(
            names = "--output",
            paramLabel = "FORM",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Output.Form form = Output.Form.table;

    @Option(
            names = "--as-of",
            paramLabel = "POINT",
            description = "The state when this run had finished, or at this date: 42, 2026-03-01 (its end in UTC),"
                    + " 2026-03-01T12:00:00Z or now-7d")
    private @Nullable String asOf;

    @Option(names = "--count", description = "Only say how many there are")
    private boolean countOnly;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description =
                    "Write everything the query finds into this file (- is standard output), all as of one moment. The"
                            + " format is --format, or goes by the name: .jsonl is json, .parquet is ocsf-parquet,"
                            + " .cdx.json is cyclonedx-vex, all else csv")
    private @Nullable Path export;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Of an exported file: csv; json, a document of the REST API on each line; ocsf-json-lines or"
                    + " ocsf-parquet, OCSF events; cyclonedx-vex, for findings alone")
    private @Nullable String exportFormat;

    @Option(
            names = "--columns",
            paramLabel = "NAME",
            split = ",",
            description = "Only these columns of an exported CSV file, in this order, e.g."
                    + " name,operatingSystem.name,openFindings.critical")
    private List<String> columns = List.of();

    private final String path;
    private final String one;
    private final String many;

    SearchCommand(String path, String one, String many) {
        this.path = path;
        this.one = one;
        this.many = many;
    }

    abstract Optional<String> sort();

    /** By what they are to be grouped; empty if they are listed. */
    Optional<String> grouping() {
        return Optional.empty();
    }

    List<Column> groupColumns() {
        return List.of();
    }

    abstract List<Column> columns();

    abstract List<Column> csvColumns();

    @Override
    public Integer call() {
        Api api = server.api();
        if (export != null) {
            return export(api, export);
        }
        if (!columns.isEmpty()) {
            throw new CliFailure("--columns is for --export.");
        }
        if (exportFormat != null) {
            throw new CliFailure("--format is for --export.");
        }
        Output output =
                new Output(spec.commandLine().getOut(), Terminal.current().width());
        Optional<String> grouping = grouping();
        if (grouping.isPresent()) {
            groups(api, output, grouping.get());
            return 0;
        }
        if (countOnly) {
            JsonNode count = page(api, query, sort(), 1, null, EXACT_UP_TO).path("count");
            if (count.isMissingNode()) {
                throw new CliFailure("Counting took too long. Narrow the query.");
            }
            spec.commandLine()
                    .getOut()
                    .println((count.path("exact").asBoolean() ? "" : "more than ")
                            + count.path("value").asString());
            return 0;
        }
        if (!all && limit < 1) {
            throw new CliFailure("--limit must be at least 1.");
        }
        long wanted = all ? Long.MAX_VALUE : limit;
        long shown = 0;
        String cursor = null;
        boolean table = form == Output.Form.table;
        JsonNode count = null;
        JsonNode past = null;
        do {
            int size = (int) Math.min(PAGE, wanted - shown);
            JsonNode page = page(api, query, sort(), size, cursor, table && shown == 0 ? EXACT_UP_TO : "0");
            if (page.has("count")) {
                count = page.path("count");
            }
            past = page.path("asOf");
            List<JsonNode> items =
                    new ArrayList<>(page.path("items").valueStream().toList());
            cursor = page.path("nextCursor").asString(null);
            boolean last = cursor == null || shown + items.size() >= wanted;
            output.list(items, table ? columns() : csvColumns(), form, shown == 0, last);
            shown += items.size();
        } while (cursor != null && shown < wanted);
        if (table) {
            if (past != null && past.has("at")) {
                spec.commandLine()
                        .getOut()
                        .println("As of " + Column.local(past.path("at").asString()) + ". "
                                + past.path("note").asString());
            }
            spec.commandLine().getOut().println(footer(shown, count, cursor != null));
        }
        return 0;
    }

    private void groups(Api api, Output output, String by) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("query", query);
        parameters.put("by", by);
        parameters.put("limit", Integer.toString(all ? MOST_GROUPS : Math.clamp(limit, 1, MOST_GROUPS)));
        if (asOf != null) {
            parameters.put("asOf", asOf);
        }
        JsonNode groups = api.get(path + "/groups", parameters);
        output.list(groups.path("items").valueStream().toList(), groupColumns(), form, true, true);
        if (form == Output.Form.table) {
            spec.commandLine()
                    .getOut()
                    .println("%,d of %,d groups%s"
                            .formatted(
                                    groups.path("items").size(),
                                    groups.path("total").asLong(),
                                    groups.path("openOnly").asBoolean() ? " of open findings." : "."));
        }
    }

    private int export(Api api, Path file) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("query", query);
        if (asOf != null) {
            parameters.put("asOf", asOf);
        }
        if (!columns.isEmpty()) {
            parameters.put("columns", String.join(",", columns));
        }
        parameters.put("format", exportFormat == null ? formatOf(file.toString()) : exportFormat);
        try {
            if (file.toString().equals("-")) {
                api.download(path + "/export", parameters, System.out);
                System.out.flush();
            } else {
                // a file of that name is only replaced by a whole one
                Path part = file.resolveSibling(file.getFileName() + ".part");
                try {
                    try (OutputStream out = Files.newOutputStream(part)) {
                        api.download(path + "/export", parameters, out);
                    }
                    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(part);
                }
                spec.commandLine().getOut().println("Written to " + file + ".");
            }
            return 0;
        } catch (IOException failure) {
            throw new CliFailure(
                    "The export broke off, so it is not whole: " + failure
                            + ". The server's log says more; a narrower query may work.",
                    failure);
        }
    }

    private String formatOf(String name) {
        if (form == Output.Form.json || name.endsWith(".jsonl")) {
            return "json";
        }
        if (name.endsWith(".parquet")) {
            return "ocsf-parquet";
        }
        return name.endsWith(".cdx.json") ? "cyclonedx-vex" : "csv";
    }

    private String footer(long shown, @Nullable JsonNode count, boolean more) {
        String things = shown == 1 ? one : many;
        if (!more) {
            return "%,d %s".formatted(shown, things);
        }
        String of = count == null
                ? ""
                : " of %s%,d"
                        .formatted(
                                count.path("exact").asBoolean() ? "" : "more than ",
                                count.path("value").asLong());
        return "%,d%s %s. --limit N or --all shows more.".formatted(shown, of, things);
    }

    private JsonNode page(
            Api api, String text, Optional<String> sort, int size, @Nullable String cursor, String count) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("query", text);
        parameters.put("limit", Integer.toString(size));
        parameters.put("count", count);
        sort.ifPresent(order -> parameters.put("sort", order));
        if (asOf != null) {
            parameters.put("asOf", asOf);
        }
        if (cursor != null) {
            parameters.put("cursor", cursor);
        }
        return api.get(path, parameters);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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

/** {@code etm assets split}, {@code unsplit} and {@code splits}. */
final class SplitCommands {

    private SplitCommands() {}

    /** {@code etm assets split}. */
    @Command(
            name = "split",
            description = {
                "Give some records of a host a host of their own.",
                "It holds until it is undone: no run and no re-identification joins them again."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm assets split 17 --records 41,42 --reason 'two machines, one name'")
    static final class Split implements Callable<Integer> {
        @Mixin
        private ServerOption server = new ServerOption();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "ASSET", description = "Id of the host")
        private int asset;

        @Option(
                names = "--records",
                paramLabel = "ID",
                split = ",",
                required = true,
                description = "The records that leave, as \"etm asset ASSET\" shows them")
        private List<Integer> records = List.of();

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept in the identification log")
        private String reason = "";

        @Option(names = "--output", paramLabel = "FORM", description = "table or json. Default: ${DEFAULT-VALUE}")
        private Output.Form form = Output.Form.table;

        @Override
        public Integer call() {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("reason", reason);
            records.forEach(body.putArray("recordIds")::add);
            JsonNode split = server.api().post("/api/v1/assets/" + asset + "/splits", Optional.of(body));
            say(
                    spec,
                    form,
                    split,
                    "Split " + split.path("id").asString() + ": those records are asset "
                            + split.path("splitAssetId").asString() + " now.\nUndo it: ./etm assets unsplit "
                            + split.path("id").asString());
            return 0;
        }
    }

    /** {@code etm assets unsplit}. */
    @Command(
            name = "unsplit",
            description = "Undo a split: what left goes back, with whatever joined it since.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm assets unsplit 3")
    static final class Unsplit implements Callable<Integer> {
        @Mixin
        private ServerOption server = new ServerOption();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Parameters(paramLabel = "SPLIT", description = "Id of the split, as \"assets splits\" shows it")
        private int split;

        @Option(names = "--output", paramLabel = "FORM", description = "table or json. Default: ${DEFAULT-VALUE}")
        private Output.Form form = Output.Form.table;

        @Override
        public Integer call() {
            JsonNode undone = server.api().post("/api/v1/identification-splits/" + split + "/undo", Optional.empty());
            say(
                    spec,
                    form,
                    undone,
                    "Split " + split + " is undone; its records belong to asset "
                            + undone.path("assetId").asString() + " again.");
            return 0;
        }
    }

    /** {@code etm assets splits}. */
    @Command(
            name = "splits",
            description = "List splits, the newest first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm assets splits --asset 17")
    static final class Splits extends ListCommands {
        @Option(names = "--asset", paramLabel = "ID", description = "Only those of this host")
        private @Nullable Integer asset;

        @Override
        String path() {
            return "/api/v1/identification-splits";
        }

        @Override
        Map<String, String> parameters() {
            return asset == null ? Map.of("limit", "1000") : Map.of("limit", "1000", "assetId", asset.toString());
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.number("ASSET", "/assetId"),
                    Column.number("SPLIT OFF", "/splitAssetId"),
                    Column.text("BY", "/author"),
                    Column.time("AT", "/at"),
                    Column.time("UNDONE", "/undoneAt"),
                    Column.text("REASON", "/reason"));
        }
    }

    private static void say(CommandSpec spec, Output.Form form, JsonNode document, String words) {
        if (form == Output.Form.json) {
            new Output(spec.commandLine().getOut(), Terminal.current().width()).json(document);
        } else {
            spec.commandLine().getOut().println(words);
        }
    }
}

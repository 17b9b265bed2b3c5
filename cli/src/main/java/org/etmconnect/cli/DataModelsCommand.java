// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

/** {@code etm data-models}: what transform maps map from and to. */
@Command(
        name = "data-models",
        description = "Look at what transform maps map from and to.",
        mixinStandardHelpOptions = true,
        subcommands = DataModelsCommand.Models.class,
        footerHeading = "%nExample:%n",
        footer = "  ./etm data-models show cortex-xdr-endpoint")
final class DataModelsCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** {@code etm data-models list}. */
    @Command(
            name = "list",
            description = "List the data models.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm data-models list")
    static final class Models extends ListCommands {
        @Override
        String path() {
            return "/api/v1/data-models";
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.text("ID", "/id"),
                    Column.text("KIND", "/kind"),
                    Column.text("NAME", "/name"),
                    Column.text("DESCRIPTION", "/description"));
        }
    }

    @Command(
            name = "show",
            description = {
                "Show a model's fields, with example values.",
                "The examples of a source model are from a connection's last snapshot, if there is one."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm data-models show cortex-xdr-endpoint --connection 1")
    int show(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "MODEL", description = "Its id, as the list shows it") String model,
            @Option(names = "--connection", paramLabel = "ID", description = "Take examples of this connection")
                    @Nullable
                    Integer connection,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table, json or csv")
                    Output.Form form) {
        JsonNode document = server.api()
                .get(
                        "/api/v1/data-models/" + Api.encoded(model),
                        connection == null ? Map.of() : Map.of("connectionId", connection.toString()));
        Output output =
                new Output(spec.commandLine().getOut(), Terminal.current().width());
        if (form == Output.Form.json) {
            output.json(document);
            return 0;
        }
        List<JsonNode> fields = new ArrayList<>();
        document.path("fields").forEach(field -> add(field, fields));
        output.list(
                fields,
                List.of(
                        Column.text("FIELD", "/path"),
                        Column.text("TYPE", "/type"),
                        Column.text("MARKS", "/marks"),
                        Column.text("EXAMPLES", "/examples"),
                        Column.text("DESCRIPTION", "/description")),
                form,
                true,
                true);
        return 0;
    }

    private static void add(JsonNode field, List<JsonNode> fields) {
        ObjectNode line = JsonMapper.shared().createObjectNode();
        List<String> marks = new ArrayList<>();
        for (String mark : List.of("identifier", "required", "open")) {
            if (field.path(mark).asBoolean()) {
                marks.add(mark);
            }
        }
        if (field.has("documented") && !field.path("documented").asBoolean()) {
            marks.add("not documented");
        }
        String values =
                field.path("values").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
        line.put("path", field.path("path").asString())
                .put("type", field.path("type").asString())
                .put("marks", String.join(", ", marks))
                .put(
                        "description",
                        field.path("description").asString() + (values.isEmpty() ? "" : " Values: " + values + "."));
        line.set("examples", field.path("examples"));
        fields.add(line);
        field.path("fields").forEach(child -> add(child, fields));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

/** {@code etm connections}. */
@Command(
        name = "connections",
        description = "Work with connections.",
        mixinStandardHelpOptions = true,
        subcommands = ListCommands.Connections.class,
        footerHeading = "%nExample:%n",
        footer = "  ./etm connections list")
final class ConnectionsCommand {

    private static final String ID = "Its id, as \"connections list\" shows it";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "show",
            description = "Show one connection, without its credentials.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm connections show 1")
    int show(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        output().json(server.api().get("/api/v1/connections/" + id));
        return 0;
    }

    @Command(
            name = "create",
            description = {
                "Create a connection to a Cortex XDR tenant.",
                "The API key is asked for, or read from --api-key-file, or from standard input; never given as an argument."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm connections create --name 'Head office' \\",
                "      --base-url https://api-acme.xdr.eu.paloaltonetworks.com --api-key-id 7",
                "  ./etm connections create --name Lab --base-url ... --api-key-id 7 --api-key-file key.txt --test"
            })
    int create(
            @Mixin ServerOption server,
            @Option(names = "--name", required = true, description = "Its name") String name,
            @Option(names = "--description", defaultValue = "", description = "What it is for") String description,
            @Option(
                            names = "--connector",
                            defaultValue = "cortex-xdr",
                            description = "The connector. Default: ${DEFAULT-VALUE}")
                    String connector,
            @Option(
                            names = "--base-url",
                            paramLabel = "URL",
                            required = true,
                            description = "Base URL of the API, https://api-...")
                    String baseUrl,
            @Option(
                            names = "--api-key-id",
                            paramLabel = "ID",
                            required = true,
                            description = "API Key ID that belongs to the key")
                    String keyId,
            @Option(names = "--api-key-file", paramLabel = "FILE", description = "A file with the API key") @Nullable
                    Path keyFile,
            @Option(
                            names = "--finding-types",
                            paramLabel = "TYPE",
                            split = ",",
                            defaultValue = "VULNERABILITY,HOST_ASSET",
                            description = "Default: ${DEFAULT-VALUE}")
                    List<String> findingTypes,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A further setting of the connector")
                    @Nullable
                    Map<String, String> more,
            @Option(
                            names = "--retention-days",
                            paramLabel = "N",
                            description = "Delete what a host that is no longer reported has left after N days."
                                    + " Default: never")
                    @Nullable
                    Integer retentionDays,
            @Option(names = "--test", description = "Try it first, and create it only if the test passes")
                    boolean test) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("baseURL", baseUrl);
        values.put("x-xdr-auth-id", keyId);
        if (more != null) {
            values.putAll(more);
        }
        ObjectNode body =
                body(name, description, connector, findingTypes, values, apiKey(Optional.ofNullable(keyFile)));
        if (retentionDays != null) {
            body.put("retentionDays", retentionDays);
        }
        Api api = server.api();
        PrintWriter out = spec.commandLine().getOut();
        if (test) {
            JsonNode result = api.post("/api/v1/connection-tests", Optional.of(body));
            print(result, out);
            if (!result.path("passed").asBoolean()) {
                throw new CliFailure("The test failed, so the connection was not created.");
            }
        }
        JsonNode created = api.post("/api/v1/connections", Optional.of(body));
        created.path("notices").forEach(notice -> out.println("Note: " + notice.asString()));
        int profile = created.at("/profiles/0/id").asInt();
        out.println("Created connection " + created.path("id").asString() + " with profile " + profile + ".");
        out.println("Run it: ./etm runs start " + profile + " --wait");
        return 0;
    }

    @Command(
            name = "retention",
            description = "Set after how many days what a host that is no longer reported has left is deleted.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  ./etm connections retention 1 --days 90", "  ./etm connections retention 1 --forever"})
    int retention(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", description = ID) int id,
            @Option(names = "--days", paramLabel = "N", description = "Days since it was last seen") @Nullable
                    Integer days,
            @Option(names = "--forever", description = "Delete nothing") boolean forever) {
        if ((days == null) != forever) {
            throw new CliFailure("Give either --days N or --forever.");
        }
        Api api = server.api();
        JsonNode now = api.get("/api/v1/connections/" + id);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        for (String field : List.of("name", "description", "connector", "findingTypes", "values", "network")) {
            body.set(field, now.path(field));
        }
        if (days != null) {
            body.put("retentionDays", days);
        }
        api.put("/api/v1/connections/" + id, body);
        spec.commandLine()
                .getOut()
                .println(days == null ? "Nothing is deleted." : "Vanished hosts are kept for " + days + " days.");
        return 0;
    }

    @Command(
            name = "closing-guard",
            description = {
                "Show or set how much a run of the connection may close at once.",
                "A run that would fix or retire more holds it until a Manager confirms: ./etm runs held"
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm connections closing-guard 1",
                "  ./etm connections closing-guard 1 --percent 10 --at-least 50",
                "  ./etm connections closing-guard 1 --percent 100       # never hold"
            })
    int closingGuard(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", description = ID) int id,
            @Option(
                            names = "--percent",
                            paramLabel = "N",
                            description = "Of the open findings, or of the hosts; 0 to 100")
                    @Nullable
                    Integer percent,
            @Option(names = "--at-least", paramLabel = "N", description = "Fewer than so many are never held") @Nullable
                    Integer atLeast) {
        Api api = server.api();
        String path = "/api/v1/connections/" + id + "/closing-guard";
        JsonNode guard = api.get(path);
        if (percent != null || atLeast != null) {
            guard = api.put(
                    path,
                    JsonNodeFactory.instance
                            .objectNode()
                            .put(
                                    "percent",
                                    percent == null ? guard.path("percent").asInt() : percent)
                            .put(
                                    "atLeast",
                                    atLeast == null ? guard.path("atLeast").asInt() : atLeast));
        }
        spec.commandLine()
                .getOut()
                .println("A run that would close more than "
                        + guard.path("percent").asInt() + " %, and at least "
                        + guard.path("atLeast").asInt() + ", waits for a word.");
        return 0;
    }

    static ObjectNode body(
            String name,
            String description,
            String connector,
            List<String> findingTypes,
            Map<String, String> values,
            String apiKey) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", name).put("description", description).put("connector", connector);
        findingTypes.forEach(body.putArray("findingTypes")::add);
        values.forEach(body.putObject("values")::put);
        body.putObject("secrets").put("apiKey", apiKey);
        return body;
    }

    @Command(
            name = "test",
            description = "Try a connection with one cheap call for each side of the vendor.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm connections test 1")
    int test(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        JsonNode result = server.api().post("/api/v1/connections/" + id + "/test", Optional.empty());
        print(result, spec.commandLine().getOut());
        return result.path("passed").asBoolean() ? 0 : 1;
    }

    static void print(JsonNode result, PrintWriter out) {
        result.path("notices").forEach(notice -> out.println("Note: " + notice.asString()));
        for (JsonNode check : result.path("checks")) {
            out.printf(
                    "%-8s %s: %s%n",
                    check.path("outcome").asString(),
                    check.path("name").asString(),
                    Output.printable(check.path("message").asString()));
            if (check.has("fix")) {
                out.println("         " + Output.printable(check.path("fix").asString()));
            }
        }
        out.flush();
    }

    @Command(
            name = "delete",
            description = "Delete a connection that has brought nothing to the inventory.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm connections delete 1")
    int delete(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        server.api().delete("/api/v1/connections/" + id);
        spec.commandLine().getOut().println("Deleted connection " + id + ".");
        return 0;
    }

    private Output output() {
        return new Output(spec.commandLine().getOut(), Terminal.current().width());
    }

    private static String apiKey(Optional<Path> file) {
        try {
            String key;
            Optional<Console> console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
            if (file.isPresent()) {
                key = Files.readString(file.get());
            } else if (console.isPresent()) {
                char[] typed = console.get().readPassword("API key (not shown): ");
                key = typed == null ? "" : new String(typed);
            } else {
                key = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            }
            if (key.isBlank()) {
                throw new CliFailure(
                        "The API key is empty. Type it, pipe it in, or name its file with --api-key-file.");
            }
            return key.strip();
        } catch (IOException failure) {
            throw new CliFailure("The API key cannot be read: " + failure, failure);
        }
    }
}

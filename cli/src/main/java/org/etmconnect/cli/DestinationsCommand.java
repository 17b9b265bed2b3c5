// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code etm destinations}. */
@Command(
        name = "destinations",
        description = "Work with destinations: where the inventory is delivered.",
        mixinStandardHelpOptions = true,
        subcommands = {ListCommands.Destinations.class, ListCommands.Deliveries.class, ListCommands.Rejections.class},
        footerHeading = "%nExample:%n",
        footer = "  ./etm destinations list")
final class DestinationsCommand {

    private static final String ID = "Its id, as \"destinations list\" shows it";
    private static final String PATH = "/api/v1/destinations/";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "kinds",
            description = "Show the kinds of destinations with their settings.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations kinds")
    int kinds(@Mixin ServerOption server) {
        PrintWriter out = spec.commandLine().getOut();
        for (JsonNode kind : server.api().get("/api/v1/destination-kinds").path("items")) {
            out.println(
                    kind.path("id").asString() + ": " + kind.path("description").asString());
            for (JsonNode field : kind.path("fields")) {
                List<String> choices = field.path("choices")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList();
                out.printf(
                        "  %-18s %s%s%s%n",
                        field.path("key").asString(),
                        field.path("type").asString().equals("ENCRYPTED_STRING") ? "(secret) " : "",
                        field.path("description").asString(),
                        choices.isEmpty() ? "" : " " + String.join(" | ", choices));
            }
        }
        out.flush();
        return 0;
    }

    @Command(
            name = "show",
            description = "Show one destination, without its credentials.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations show 1")
    int show(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        new Output(spec.commandLine().getOut(), Terminal.current().width())
                .json(server.api().get(PATH + id));
        return 0;
    }

    @Command(
            name = "create",
            description = {
                "Create a destination.",
                "Credentials are asked for, or read from files; never given as arguments."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm destinations create --name Qualys --kind qualys-etm-api --after-runs \\",
                "      --set gatewayURL=https://gateway.qg2.apps.qualys.eu --set username=acme-etm \\",
                "      --set connectorUUID=489e8429-7c61-4e0a-9d3c-0f2b6a5d1e77 --secret-file password=pw.txt --test",
                "  ./etm destinations create --name Files --kind qualys-etm-csv --set directory=qualys --every 1d",
                "  ./etm destinations create --name Hook --kind webhook --set url=https://hooks.example.com/etm \\",
                "      --secret-file signingSecret=whsec.txt --test"
            })
    int create(
            @Mixin ServerOption server,
            @Option(names = "--name", required = true, description = "Its name") String name,
            @Option(names = "--description", defaultValue = "", description = "What it is for") String description,
            @Option(
                            names = "--kind",
                            required = true,
                            description = "What it is; \"destinations kinds\" shows what there is")
                    String kind,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of its kind") @Nullable
                    Map<String, String> values,
            @Option(
                            names = "--secret-file",
                            paramLabel = "KEY=FILE",
                            description = "A credential of its kind, in a file; - asks for it")
                    @Nullable
                    Map<String, Path> secrets,
            @Option(names = "--after-runs", description = "Deliver when a run has written to the inventory")
                    boolean afterRuns,
            @Option(names = "--inactive", description = "Deliver by hand only") boolean inactive,
            @Mixin ScheduleFlags flags,
            @Option(names = "--test", description = "Try it first, and create it only if the test passes")
                    boolean test) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", name).put("description", description).put("kind", kind);
        ObjectNode plain = body.putObject("values");
        if (values != null) {
            values.forEach(plain::put);
        }
        ObjectNode secret = body.putObject("secrets");
        if (secrets != null) {
            secrets.forEach((key, file) -> secret.put(key, secret(key, file)));
        }
        body.put("afterRuns", afterRuns).put("active", !inactive);
        flags.schedule().ifPresent(schedule -> body.set("schedule", schedule));
        Api api = server.api();
        PrintWriter out = spec.commandLine().getOut();
        if (test) {
            JsonNode result = api.post("/api/v1/destination-tests", Optional.of(body));
            ConnectionsCommand.print(result, out);
            if (!result.path("passed").asBoolean()) {
                throw new CliFailure("The test failed, so the destination was not created.");
            }
        }
        int id = api.post("/api/v1/destinations", Optional.of(body)).path("id").asInt();
        out.println("Created destination " + id + ".");
        out.println("Deliver: ./etm destinations deliver " + id + " --wait");
        return 0;
    }

    private static String secret(String key, Path file) {
        try {
            if (!file.toString().equals("-")) {
                return Files.readString(file).strip();
            }
            Console console = Optional.ofNullable(System.console())
                    .filter(Console::isTerminal)
                    .orElseThrow(() -> new CliFailure("There is no terminal to ask at. Put " + key
                            + " into a file and name it with --secret-file " + key + "=FILE."));
            char[] typed = console.readPassword("%s (not shown): ", key);
            return typed == null ? "" : new String(typed);
        } catch (IOException failure) {
            throw new CliFailure("The credential " + key + " cannot be read: " + failure, failure);
        }
    }

    @Command(
            name = "test",
            description = "Try a destination: sign in, write a small file, or send a test event.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations test 1")
    int test(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        JsonNode result = server.api().post(PATH + id + "/test", Optional.empty());
        ConnectionsCommand.print(result, spec.commandLine().getOut());
        return result.path("passed").asBoolean() ? 0 : 1;
    }

    @Command(
            name = "deliver",
            description = "Deliver what changed, and what was rejected before.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {"  ./etm destinations deliver 1 --wait", "  ./etm destinations deliver 1 --everything"})
    int deliver(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", description = ID) int id,
            @Option(names = "--everything", description = "Send also what was accepted before") boolean everything,
            @Option(names = "--wait", description = "Wait for its end; fail if it fails or something is rejected")
                    boolean wait)
            throws InterruptedException {
        Api api = server.api();
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("everything", everything);
        JsonNode delivery = api.post(PATH + id + "/deliveries", Optional.of(body));
        PrintWriter out = spec.commandLine().getOut();
        if (!wait) {
            out.println("Delivery " + delivery.path("id").asInt() + " was asked for.");
            return 0;
        }
        while (isUnderWay(delivery)) {
            Thread.sleep(500);
            delivery = api.get("/api/v1/deliveries/" + delivery.path("id").asInt());
        }
        JsonNode counts = delivery.path("counts");
        if (api.get(PATH + id).has("events")) {
            out.printf(
                    "Delivery %d: %s. %,d events delivered, %,d refused.%n",
                    delivery.path("id").asInt(),
                    delivery.path("state").asString(),
                    counts.path("accepted").asLong(),
                    counts.path("rejected").asLong());
        } else {
            print(delivery, counts, out);
        }
        if (delivery.has("failureMessage")) {
            out.println(Output.printable(delivery.path("failureMessage").asString()));
        }
        if (counts.path("rejected").asLong() > 0) {
            out.println(
                    "Why: ./etm destinations rejections " + delivery.path("id").asInt());
        }
        out.flush();
        return delivery.path("state").asString().equals("DELIVERED") ? 0 : 1;
    }

    private static void print(JsonNode delivery, JsonNode counts, PrintWriter out) {
        out.printf(
                "Delivery %d: %s. %,d assets, %,d unchanged, %,d sent, %,d accepted, %,d rejected; %,d findings open, %,d fixed.%n",
                delivery.path("id").asInt(),
                delivery.path("state").asString(),
                counts.path("assets").asLong(),
                counts.path("unchanged").asLong(),
                counts.path("sent").asLong(),
                counts.path("accepted").asLong(),
                counts.path("rejected").asLong(),
                counts.path("findings").asLong(),
                counts.path("fixed").asLong());
        JsonNode verification = delivery.path("verification");
        if (verification.has("found")) {
            out.println(verdict(
                    verification.path("expected").asLong(),
                    verification.path("found").asLong()));
        } else if (verification.has("failure")) {
            out.println("Not read back: "
                    + Output.printable(verification.path("failure").asString()));
        }
    }

    static String verdict(long expected, long found) {
        return expected == found
                ? "Read back: all %,d findings are there.".formatted(expected)
                : "Read back: %,d findings are there, %,d were expected: %,d %s. Qualys may still be at work; the next delivery asks again."
                        .formatted(found, expected, Math.abs(expected - found), found < expected ? "fewer" : "more");
    }

    private static boolean isUnderWay(JsonNode delivery) {
        String state = delivery.path("state").asString();
        return state.equals("QUEUED") || state.equals("SENDING");
    }

    @Command(
            name = "discard",
            description = "Give up the events that an event destination refuses. What waited behind them is sent.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations discard 1")
    int discard(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        server.api().delete(PATH + id + "/refused-events");
        spec.commandLine().getOut().println("Discarded what destination " + id + " refused.");
        return 0;
    }

    @Command(
            name = "delete",
            description = "Delete a destination. What was delivered stays there.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations delete 1")
    int delete(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        server.api().delete(PATH + id);
        spec.commandLine().getOut().println("Deleted destination " + id + ".");
        return 0;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etm keys}. */
@Command(
        name = "keys",
        description = "Work with the keys that credentials are encrypted with. The keys themselves are never shown.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  ./etm keys rotate")
final class KeysCommand {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "show",
            description = "Show where the keys are from and which one encrypts.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm keys show")
    int show(
            @Mixin ServerOption server,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        JsonNode keys = server.api().get("/api/v1/keys");
        PrintWriter out = spec.commandLine().getOut();
        if (form == Output.Form.json) {
            new Output(out, Terminal.current().width()).json(keys);
        } else {
            print(keys, out);
        }
        return 0;
    }

    @Command(
            name = "rotate",
            description = {
                "Encrypt all credentials anew.",
                "The server makes a new key for it and removes the old ones afterwards. With keys that you give it, put the"
                        + " new one first and start the servers again before; then take the old one out.",
                "Cut off in between, it is gone on with by running it again."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm keys rotate")
    int rotate(
            @Mixin ServerOption server,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        JsonNode rotation = server.api().post("/api/v1/keys/rotation", Optional.empty());
        PrintWriter out = spec.commandLine().getOut();
        if (form == Output.Form.json) {
            new Output(out, Terminal.current().width()).json(rotation);
        } else {
            out.printf(
                    "The credentials of %,d connections are encrypted anew.%n",
                    rotation.path("connections").asInt());
            print(rotation.path("keys"), out);
            rotation.path("notices").forEach(notice -> out.println("Note: " + Output.printable(notice.asString())));
        }
        out.flush();
        return rotation.path("undecipherable").isEmpty() ? 0 : 1;
    }

    private static void print(JsonNode keys, PrintWriter out) {
        out.println("Keys are in " + Output.printable(keys.path("where").asString()) + ":");
        for (JsonNode key : keys.path("keys")) {
            out.println("  " + key.path("id").asString()
                    + (key.path("primary").asBoolean() ? "  encrypts and decrypts" : "  only decrypts"));
        }
        out.flush();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** {@code etm tokens}. */
@Command(
        name = "tokens",
        description = "API tokens for programs: what they may do, until when, and when they were last used.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  ./etm tokens create nightly-report --role VIEWER --days 30")
final class TokensCommand {

    private static final String PATH = "/api/v1/tokens";

    private static final List<Column> COLUMNS = List.of(
            Column.number("ID", "/id"),
            Column.text("NAME", "/name"),
            Column.text("ROLE", "/role"),
            Column.text("VALID", "/valid"),
            Column.text("MADE BY", "/createdBy"),
            Column.time("EXPIRES", "/expiresAt"),
            Column.time("REVOKED", "/revokedAt"),
            Column.time("LAST USED", "/lastUsed"));

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "list",
            description = "List all tokens, without the tokens themselves.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm tokens list --output csv")
    int list(@Mixin ServerOption server, @Mixin FormOption form) {
        List<JsonNode> items =
                server.api().get(PATH).path("items").valueStream().toList();
        new Output(out(), Terminal.current().width()).list(items, COLUMNS, form.form(), true, true);
        return 0;
    }

    @Command(
            name = "create",
            description = "Make a token. It is shown only here; the server keeps its hash alone.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm tokens create nightly-report --role VIEWER --days 30")
    int create(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "NAME", description = "The program that will use it") String name,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            required = true,
                            description = "${COMPLETION-CANDIDATES}; never more than you may")
                    UsersCommand.Role role,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "90",
                            description = "How long it is valid, 1 to 730. Default: ${DEFAULT-VALUE}")
                    int days,
            @Mixin FormOption form) {
        JsonNode made = server.api()
                .post(
                        PATH,
                        Optional.of(JsonNodeFactory.instance
                                .objectNode()
                                .put("name", name)
                                .put("role", role.name())
                                .put("days", days)));
        if (form.form() == Output.Form.json) {
            new Output(out(), Terminal.current().width()).json(made);
            return 0;
        }
        out().println(made.path("token").asString());
        out().flush();
        spec.commandLine()
                .getErr()
                .println("Token " + made.at("/details/id").asInt() + " \"" + name + "\" (" + role + ") is valid until "
                        + Column.local(made.at("/details/expiresAt").asString())
                        + ". It is shown only now.");
        return 0;
    }

    @Command(
            name = "revoke",
            description = "End a token for good.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm tokens revoke 3")
    int revoke(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "TOKEN", description = "Id, as ./etm tokens list shows it") int id) {
        server.api().delete(PATH + "/" + id);
        out().println("Token " + id + " is revoked.");
        return 0;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}

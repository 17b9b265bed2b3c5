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
import tools.jackson.databind.node.ObjectNode;

/** {@code etm users}. */
@Command(
        name = "users",
        description = "Say who may sign in, and as what. A Viewer reads, a Manager does everything.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  ./etm users create alice --role VIEWER")
final class UsersCommand {

    private static final String PATH = "/api/v1/users";

    static final List<Column> COLUMNS = List.of(
            Column.number("ID", "/id"),
            Column.text("NAME", "/name"),
            Column.text("ROLE", "/role"),
            Column.text("ACTIVE", "/active"),
            Column.text("MUST CHANGE PASSWORD", "/mustChangePassword"),
            Column.time("CREATED", "/createdAt"),
            Column.time("LAST SIGN-IN", "/lastSignIn"));

    /** The roles. */
    enum Role {
        VIEWER,
        MANAGER
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "list",
            description = "List all users.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users list --output json")
    int list(@Mixin ServerOption server, @Mixin FormOption form) {
        List<JsonNode> items =
                server.api().get(PATH).path("items").valueStream().toList();
        new Output(out(), Terminal.current().width()).list(items, COLUMNS, form.form(), true, true);
        return 0;
    }

    @Command(
            name = "create",
            description = "Add a user. The one-time password is shown only here, and has to be changed first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users create alice --role VIEWER")
    int create(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "NAME", description = "Letters, digits and . _ @ -") String name,
            @Option(names = "--role", paramLabel = "ROLE", required = true, description = "${COMPLETION-CANDIDATES}")
                    Role role,
            @Mixin FormOption form) {
        JsonNode made = server.api()
                .post(
                        PATH,
                        Optional.of(JsonNodeFactory.instance
                                .objectNode()
                                .put("name", name)
                                .put("role", role.name())));
        return password(made, form);
    }

    @Command(
            name = "disable",
            description = "Let a user sign in no more. Sessions and tokens of the user stop working at once.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users disable alice")
    int disable(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "USER", description = "Name or id") String user,
            @Mixin FormOption form) {
        return change(server.api(), user, JsonNodeFactory.instance.objectNode().put("active", false), form);
    }

    @Command(
            name = "enable",
            description = "Let a user sign in again.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users enable alice")
    int enable(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "USER", description = "Name or id") String user,
            @Mixin FormOption form) {
        return change(server.api(), user, JsonNodeFactory.instance.objectNode().put("active", true), form);
    }

    @Command(
            name = "set-role",
            description = "Change what a user may do. The user signs in again.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users set-role alice MANAGER")
    int setRole(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "USER", index = "0", description = "Name or id") String user,
            @Parameters(paramLabel = "ROLE", index = "1", description = "${COMPLETION-CANDIDATES}") Role role,
            @Mixin FormOption form) {
        return change(server.api(), user, JsonNodeFactory.instance.objectNode().put("role", role.name()), form);
    }

    @Command(
            name = "reset-password",
            description = {
                "Give a user a new one-time password, which is shown only here.",
                "On the server's own machine this works with the file api-token alone: the way back in if nobody knows"
                        + " a Manager's password any more."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users reset-password admin")
    int resetPassword(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "USER", description = "Name or id") String user,
            @Mixin FormOption form) {
        Api api = server.api();
        return password(api.post(PATH + "/" + id(api, user) + "/password-reset", Optional.empty()), form);
    }

    @Command(
            name = "delete",
            description = "Remove a user, whose tokens are revoked. What the audit log says of the user stays.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm users delete alice")
    int delete(@Mixin ServerOption server, @Parameters(paramLabel = "USER", description = "Name or id") String user) {
        Api api = server.api();
        api.delete(PATH + "/" + id(api, user));
        out().println("User " + user + " is removed.");
        return 0;
    }

    private int change(Api api, String user, ObjectNode change, FormOption form) {
        JsonNode changed = api.patch(PATH + "/" + id(api, user), change);
        Output output = new Output(out(), Terminal.current().width());
        if (form.form() == Output.Form.json) {
            output.json(changed);
        } else {
            output.list(List.of(changed), COLUMNS, form.form(), true, true);
        }
        return 0;
    }

    private int password(JsonNode made, FormOption form) {
        if (form.form() == Output.Form.json) {
            new Output(out(), Terminal.current().width()).json(made);
            return 0;
        }
        out().println("User:               " + made.at("/user/name").asString() + " ("
                + made.at("/user/role").asString() + ")");
        out().println("One-time password:  " + made.path("oneTimePassword").asString());
        out().println("It is shown only now, and has to be changed at the first sign-in.");
        out().flush();
        return 0;
    }

    static int id(Api api, String user) {
        if (user.matches("\\d{1,9}")) {
            return Integer.parseInt(user);
        }
        return api.get(PATH)
                .path("items")
                .valueStream()
                .filter(each -> each.path("name").asString().equalsIgnoreCase(user))
                .map(each -> each.path("id").asInt())
                .findFirst()
                .orElseThrow(() -> new CliFailure("There is no user \"" + user + "\". ./etm users list shows all."));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}

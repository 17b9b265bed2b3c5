// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etm audit}. */
@Command(
        name = "audit",
        description = "Show who did what to which object, the newest first. The form json also has before and after.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  ./etm audit --object connections/7 --from 2026-01-01T00:00:00Z --output json")
final class AuditCommand implements Callable<Integer> {

    private static final int PAGE = 200;

    private static final List<Column> COLUMNS = List.of(
            Column.time("AT", "/at"),
            Column.text("WHO", "/actor"),
            Column.text("FROM", "/address"),
            Column.text("DID", "/action"),
            Column.text("TO", "/object"),
            Column.number("STATUS", "/status"));

    @Mixin
    private ServerOption server = new ServerOption();

    @Mixin
    private FormOption form = new FormOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--actor", paramLabel = "NAME", description = "Only what this user, \"token NAME\" or local did")
    private @Nullable String actor;

    @Option(names = "--action", paramLabel = "OPERATION", description = "Only this operation, e.g. updateConnection")
    private @Nullable String action;

    @Option(
            names = "--object",
            paramLabel = "OBJECT",
            description = "Only what was done to this object or below it, e.g. connections/7 or connections")
    private @Nullable String object;

    @Option(names = "--from", paramLabel = "TIME", description = "Not before, e.g. 2026-01-31T00:00:00Z")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before, e.g. 2026-02-01T00:00:00Z")
    private @Nullable Instant to;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: ${DEFAULT-VALUE}")
    private int limit = 50;

    @Override
    public Integer call() {
        Api api = server.api();
        Output output =
                new Output(spec.commandLine().getOut(), Terminal.current().width());
        Map<String, String> parameters = new HashMap<>();
        put(parameters, "actor", actor);
        put(parameters, "action", action);
        put(parameters, "object", object);
        put(parameters, "from", from);
        put(parameters, "to", to);
        int left = limit;
        boolean first = true;
        while (true) {
            parameters.put("limit", Integer.toString(Math.clamp(left, 1, PAGE)));
            JsonNode page = api.get("/api/v1/audit", parameters);
            List<JsonNode> items = page.path("items").valueStream().toList();
            left -= items.size();
            boolean last = left <= 0 || !page.path("nextCursor").isString();
            output.list(items, COLUMNS, form.form(), first, last);
            if (last) {
                return 0;
            }
            first = false;
            parameters.put("cursor", page.path("nextCursor").asString());
        }
    }

    private static void put(Map<String, String> parameters, String name, @Nullable Object value) {
        if (value != null) {
            parameters.put(name, value.toString());
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code etm rules}: how source records find their hosts. */
@Command(
        name = "rules",
        description = {
            "Work with identification rules: how source records find their hosts.",
            "A change holds for new records; \"rules re-identify\" applies it to those that are known."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  ./etm rules list", "  ./etm rules simulate --enable 'IP address'"})
final class RulesCommand {

    private static final String RULES = "/api/v1/identification-rules";
    private static final String RULE = "Its id or name, as \"rules list\" shows it";
    private static final String ATTRIBUTES =
            "All must agree: cloudInstanceId, macAddress, hostName, domain, ipAddress, operatingSystem, assetType";
    private static final List<Column> COLUMNS = List.of(
            Column.number("ID", "/id"),
            Column.text("NAME", "/name"),
            Column.text("KIND", "/kind"),
            Column.text("ON", "/enabled"),
            Column.text("ATTRIBUTES", "/attributes"),
            Column.text("DESCRIPTION", "/description"));

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "list",
            description = "List the rules in their order, or those that are on for a connection.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules list --connection 1")
    int list(
            @Mixin ServerOption server,
            @Option(names = "--connection", paramLabel = "ID", description = "As they are for this connection")
                    @Nullable
                    Integer connection,
            @Option(
                            names = "--output",
                            paramLabel = "FORM",
                            defaultValue = "table",
                            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
                    Output.Form form) {
        Api api = server.api();
        List<JsonNode> rules = items(api.get(RULES));
        if (connection != null) {
            JsonNode its = api.get(identification(connection));
            List<String> on =
                    its.path("rules").valueStream().map(JsonNode::asString).toList();
            rules.forEach(rule -> ((ObjectNode) rule)
                    .put(
                            "enabled",
                            rule.path("kind").asString().equals("SYSTEM")
                                    || on.contains(rule.path("name").asString())));
            if (form == Output.Form.table) {
                out().println(
                                its.path("createUnmanagedAsset").asBoolean()
                                        ? "A record that no rule decides makes a new host."
                                        : "A record that no rule decides is skipped.");
            }
        }
        output().list(rules, COLUMNS, form, true, true);
        return 0;
    }

    @Command(
            name = "show",
            description = "Show one rule.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules show FQDN")
    int show(@Mixin ServerOption server, @Parameters(paramLabel = "RULE", description = RULE) String rule) {
        output().json(find(items(server.api().get(RULES)), rule));
        return 0;
    }

    @Command(
            name = "create",
            description = "Create a rule, after the others.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules create --name 'Name and address' --attributes hostName,ipAddress")
    int create(
            @Mixin ServerOption server,
            @Option(names = "--name", required = true, description = "Its name") String name,
            @Option(
                            names = "--attributes",
                            paramLabel = "ATTRIBUTE",
                            split = ",",
                            required = true,
                            description = ATTRIBUTES)
                    List<String> attributes,
            @Option(names = "--description", defaultValue = "", description = "What it is for") String description,
            @Option(names = "--off", description = "Off, for connections that do not say otherwise") boolean off) {
        JsonNode created = server.api().post(RULES, Optional.of(rule(name, description, attributes, !off)));
        out().println("Created rule " + created.path("id").asString()
                + ". It holds for new records; \"etm rules simulate\" says what it would change.");
        return 0;
    }

    @Command(
            name = "update",
            description = "Change a rule of your own; what is not named stays.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules update 7 --attributes hostName,domain,ipAddress")
    int update(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RULE", description = RULE) String rule,
            @Option(names = "--name", description = "Its new name") @Nullable String name,
            @Option(names = "--attributes", paramLabel = "ATTRIBUTE", split = ",", description = ATTRIBUTES) @Nullable
                    List<String> attributes,
            @Option(names = "--description", description = "What it is for") @Nullable String description) {
        Api api = server.api();
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        if (name != null) {
            change.put("name", name);
        }
        if (description != null) {
            change.put("description", description);
        }
        if (attributes != null) {
            attributes(attributes, change.putArray("attributes"));
        }
        output().json(api.patch(path(api, rule), change));
        return 0;
    }

    @Command(
            name = "delete",
            description = "Delete a rule of your own.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules delete 7")
    int delete(@Mixin ServerOption server, @Parameters(paramLabel = "RULE", description = RULE) String rule) {
        Api api = server.api();
        api.delete(path(api, rule));
        out().println("Deleted rule " + rule + ".");
        return 0;
    }

    @Command(
            name = "move",
            description = "Give a rule another place in the order. The source native key stays first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules move 'Host name' --to 1")
    int move(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RULE", description = RULE) String rule,
            @Option(
                            names = "--to",
                            paramLabel = "PLACE",
                            required = true,
                            description = "Its place, 1 being the first after the source native key")
                    int place) {
        Api api = server.api();
        JsonNode list = api.get(RULES);
        List<JsonNode> rules = items(list);
        int id = find(rules, rule).path("id").asInt();
        if (rules.getFirst().path("id").asInt() == id) {
            throw new CliFailure("The source native key is always first.");
        }
        List<Integer> order = new ArrayList<>(
                rules.stream().skip(1).map(each -> each.path("id").asInt()).toList());
        if (place < 1 || place > order.size()) {
            throw new CliFailure("--to must be from 1 to " + order.size() + ".");
        }
        order.remove(Integer.valueOf(id));
        order.add(place - 1, id);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        order.forEach(body.putArray("ruleIds")::add);
        JsonNode ordered =
                api.putIfUnchanged(RULES + "/order", body, list.path("version").asString());
        output().list(items(ordered), COLUMNS, Output.Form.table, true, true);
        return 0;
    }

    @Command(
            name = "enable",
            description = "Switch a rule on, for all connections or for one.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules enable 'IP address' --connection 2")
    int enable(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RULE", description = RULE) String rule,
            @Option(names = "--connection", paramLabel = "ID", description = "For this connection alone") @Nullable
                    Integer connection) {
        return turn(server.api(), rule, Optional.ofNullable(connection), true);
    }

    @Command(
            name = "disable",
            description = "Switch a rule off, for all connections or for one. At least one stays on.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules disable 'Host name' --connection 2")
    int disable(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "RULE", description = RULE) String rule,
            @Option(names = "--connection", paramLabel = "ID", description = "For this connection alone") @Nullable
                    Integer connection) {
        return turn(server.api(), rule, Optional.ofNullable(connection), false);
    }

    private int turn(Api api, String rule, Optional<Integer> connection, boolean on) {
        JsonNode found = find(items(api.get(RULES)), rule);
        String name = found.path("name").asString();
        if (connection.isPresent()) {
            JsonNode its = api.get(identification(connection.get()));
            ObjectNode body = settings(its, its.path("createUnmanagedAsset").asBoolean());
            ArrayNode switches = body.putArray("switches");
            its.path("switches")
                    .valueStream()
                    .filter(each -> !each.path("rule").asString().equals(name))
                    .forEach(switches::add);
            switches.addObject().put("rule", name).put("enabled", on);
            api.put(identification(connection.get()), body);
        } else {
            api.patch(
                    RULES + "/" + found.path("id").asString(),
                    JsonNodeFactory.instance.objectNode().put("enabled", on));
        }
        out().println("Rule \"" + name + "\" is " + (on ? "on" : "off")
                + connection.map(id -> " for connection " + id).orElse("") + ".");
        return 0;
    }

    @Command(
            name = "unmanaged",
            description = "Say whether a connection's record that no rule decides makes a new host, or is skipped.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules unmanaged --connection 2 skip")
    int unmanaged(
            @Mixin ServerOption server,
            @Option(names = "--connection", paramLabel = "ID", required = true, description = "The connection")
                    int connection,
            @Parameters(paramLabel = "create|skip", description = "create or skip") String what) {
        if (!what.equals("create") && !what.equals("skip")) {
            throw new CliFailure("Say create or skip, not \"" + what + "\".");
        }
        Api api = server.api();
        JsonNode its = api.get(identification(connection));
        ObjectNode body = settings(its, what.equals("create"));
        api.put(identification(connection), body);
        out().println(
                        what.equals("create")
                                ? "Records that no rule decides make new hosts."
                                : "Records that no rule decides are skipped; the run's counts say how many.");
        return 0;
    }

    private static ObjectNode settings(JsonNode its, boolean createUnmanaged) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("createUnmanagedAsset", createUnmanaged);
        its.path("switches").forEach(body.putArray("switches")::add);
        return body;
    }

    @Command(
            name = "simulate",
            description = {
                "Say what rules would make of the inventory, without writing anything.",
                "Without options, the rules as they are stored: what re-identify would do now."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm rules simulate --enable 'IP address' --disable 'Host name'",
                "  ./etm rules simulate --add 'Name and address=hostName,ipAddress'"
            })
    int simulate(
            @Mixin ServerOption server,
            @Option(names = "--enable", paramLabel = "RULE", description = "As if this one were on") @Nullable
                    List<String> enable,
            @Option(names = "--disable", paramLabel = "RULE", description = "As if this one were off") @Nullable
                    List<String> disable,
            @Option(
                            names = "--add",
                            paramLabel = "NAME=ATTRIBUTES",
                            description = "As if there were this one, after the others")
                    @Nullable
                    Map<String, String> add,
            @Option(
                            names = "--examples",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "At most so many. Default: ${DEFAULT-VALUE}")
                    int examples,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Api api = server.api();
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("examples", examples);
        if (enable != null || disable != null || add != null) {
            List<JsonNode> rules = items(api.get(RULES));
            Optional.ofNullable(enable).orElse(List.of()).forEach(rule -> set(rules, rule, true));
            Optional.ofNullable(disable).orElse(List.of()).forEach(rule -> set(rules, rule, false));
            ArrayNode drafts = body.putArray("rules");
            for (JsonNode rule : rules) {
                ObjectNode draft = drafts.addObject();
                for (String field : List.of("name", "description", "attributes", "enabled")) {
                    draft.set(field, rule.path(field));
                }
            }
            Optional.ofNullable(add)
                    .orElse(Map.of())
                    .forEach((name, attributes) -> drafts.add(rule(name, "", List.of(attributes.split(",")), true)));
        }
        print(api.post(RULES + "/simulations", Optional.of(body)), form, "would");
        return 0;
    }

    private static void set(List<JsonNode> rules, String rule, boolean on) {
        ((ObjectNode) find(rules, rule)).put("enabled", on);
    }

    @Command(
            name = "re-identify",
            description = {
                "Change the inventory to what the rules say now.",
                "Known records keep their host until this is asked for. Look at \"rules simulate\" first."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules re-identify")
    int reidentify(
            @Mixin ServerOption server,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        print(server.api().post(RULES + "/re-identification", Optional.empty()), form, "did");
        return 0;
    }

    @Command(
            name = "reset",
            description = {
                "Bring the predefined rules back to their shipped order and switches, for all connections.",
                "Rules of your own stay, switched off, after them."
            },
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm rules reset")
    int reset(@Mixin ServerOption server) {
        output().list(
                        items(server.api().post(RULES + "/reset", Optional.empty())),
                        COLUMNS,
                        Output.Form.table,
                        true,
                        true);
        return 0;
    }

    private void print(JsonNode effect, Output.Form form, String mood) {
        if (form == Output.Form.json) {
            output().json(effect);
            return;
        }
        PrintWriter out = out();
        out.printf(
                "%,d records: %,d hosts %s %,d. Merged: %,d. Split: %,d. Records moved: %,d.%n",
                effect.path("records").asInt(),
                effect.path("assetsBefore").asInt(),
                mood.equals("did") ? "became" : "would become",
                effect.path("assetsAfter").asInt(),
                effect.path("assetsMerged").asInt(),
                effect.path("assetsSplit").asInt(),
                effect.path("recordsMoved").asInt());
        for (JsonNode merge : effect.path("merges")) {
            out.println("Merge " + assets(merge.path("assets")) + " into "
                    + (merge.has("assetId") ? merge.path("assetId").asString() : "a new host"));
            for (JsonNode link : merge.path("links")) {
                String values = link.path("matched").properties().stream()
                        .map(entry -> entry.getKey() + " "
                                + entry.getValue()
                                        .valueStream()
                                        .map(JsonNode::asString)
                                        .collect(Collectors.joining(", ")))
                        .collect(Collectors.joining("; "));
                out.println("  "
                        + Output.printable(link.path("rule").asString() + ": " + values + "  ("
                                + record(link.path("one")) + " and " + record(link.path("other")) + ")"));
            }
        }
        for (JsonNode split : effect.path("splits")) {
            out.println("Split " + assets(JsonNodeFactory.instance.arrayNode().add(split.path("asset"))));
            for (JsonNode part : split.path("parts")) {
                out.println("  "
                        + Output.printable(
                                part.valueStream().map(RulesCommand::record).collect(Collectors.joining(", "))));
            }
        }
        out.flush();
    }

    private static String assets(JsonNode assets) {
        return Output.printable(assets.valueStream()
                .map(asset -> asset.path("id").asString()
                        + (asset.has("name") ? " (" + asset.path("name").asString() + ")" : ""))
                .collect(Collectors.joining(", ")));
    }

    private static String record(JsonNode record) {
        return "record " + record.path("id").asString() + " "
                + record.path("nativeKey").asString() + " of connection "
                + record.path("connectionId").asString();
    }

    private static ObjectNode rule(String name, String description, List<String> attributes, boolean enabled) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        rule.put("name", name).put("description", description).put("enabled", enabled);
        attributes(attributes, rule.putArray("attributes"));
        return rule;
    }

    /** Takes {@code hostName} as well as {@code HOST_NAME}. */
    private static void attributes(List<String> attributes, ArrayNode into) {
        attributes.forEach(attribute -> into.add(
                attribute.strip().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT)));
    }

    private static List<JsonNode> items(JsonNode list) {
        return list.path("items").valueStream().toList();
    }

    private static JsonNode find(List<JsonNode> rules, String rule) {
        return rules.stream()
                .filter(each -> each.path("id").asString().equals(rule)
                        || each.path("name").asString().equalsIgnoreCase(rule))
                .findFirst()
                .orElseThrow(() -> new CliFailure(
                        "There is no identification rule \"" + rule + "\". ./etm rules list shows those there are."));
    }

    private static String path(Api api, String rule) {
        return RULES + "/" + find(items(api.get(RULES)), rule).path("id").asString();
    }

    private static String identification(int connection) {
        return "/api/v1/connections/" + connection + "/identification";
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private Output output() {
        return new Output(out(), Terminal.current().width());
    }
}

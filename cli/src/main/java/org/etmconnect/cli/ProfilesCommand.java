// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
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

/** {@code etm profiles}. */
@Command(
        name = "profiles",
        description = "Work with profiles: what a connection runs, and when.",
        mixinStandardHelpOptions = true,
        subcommands = ListCommands.Profiles.class,
        footerHeading = "%nExample:%n",
        footer = "  ./etm profiles list")
final class ProfilesCommand {

    private static final String ID = "Its id, as \"profiles list\" shows it";
    private static final String LATEST = "latest";
    private static final DateTimeFormatter IN_ZONE = DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm z");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "show",
            description = "Show one profile and when it runs next.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm profiles show 1 --output json")
    int show(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", description = ID) int id,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        print(server.api().get("/api/v1/profiles/" + id), form);
        return 0;
    }

    @Command(
            name = "create",
            description = "Add a profile to a connection.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm profiles create --connection 1 --name Nightly --every 1d --start 2026-12-01T02:00 --zone Europe/Berlin",
                "  ./etm profiles create --connection 1 --name Workdays --cron '30 5 * * 1-5'",
                "  ./etm profiles create --connection 1 --name Once --at 2026-12-24T18:00 --map 'My map' --map-version 3"
            })
    int create(
            @Mixin ServerOption server,
            @Option(names = "--connection", paramLabel = "ID", required = true, description = "Whose profile")
                    int connection,
            @Option(names = "--name", required = true, description = "Its name, unique in the connection") String name,
            @Option(names = "--description", defaultValue = "", description = "What it is for") String description,
            @Option(
                            names = "--map",
                            paramLabel = "NAME",
                            description = "Its transform map. Default: the connector's own")
                    @Nullable
                    String map,
            @Option(
                            names = "--map-version",
                            paramLabel = "N",
                            description = "The version it stays with, or latest. Default: latest")
                    @Nullable
                    String version,
            @Option(names = "--inactive", description = "Let it run neither by its schedule nor by hand")
                    boolean inactive,
            @Mixin ScheduleFlags flags,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Optional<ObjectNode> schedule = flags.schedule();
        Api api = server.api();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", name)
                .put("description", description)
                .put("transformMap", map == null ? defaultMap(api, connection) : map)
                .put("active", !inactive);
        putVersion(body, Optional.ofNullable(version));
        schedule.ifPresent(document -> body.set("schedule", document));
        print(api.post("/api/v1/connections/" + connection + "/profiles", Optional.of(body)), form);
        return 0;
    }

    @Command(
            name = "update",
            description = "Change a profile. What no option names stays.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm profiles update 1 --every 6h --start 2026-12-01T00:00 --zone UTC",
                "  ./etm profiles update 1 --inactive",
                "  ./etm profiles update 1 --map 'My map' --map-version latest"
            })
    int update(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", description = ID) int id,
            @Option(names = "--name", description = "Its name") @Nullable String name,
            @Option(names = "--description", description = "What it is for") @Nullable String description,
            @Option(names = "--map", paramLabel = "NAME", description = "Its transform map; at its latest version")
                    @Nullable
                    String map,
            @Option(names = "--map-version", paramLabel = "N", description = "The version it stays with, or latest")
                    @Nullable
                    String version,
            @Option(names = "--active", negatable = true, fallbackValue = "true", description = "Whether it runs")
                    @Nullable
                    Boolean active,
            @Option(names = "--inactive", description = "The same as --no-active") boolean inactive,
            @Mixin ScheduleFlags flags,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Optional<ObjectNode> schedule = flags.schedule();
        Api api = server.api();
        JsonNode now = api.get("/api/v1/profiles/" + id);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("name", name == null ? now.path("name").asString() : name)
                .put(
                        "description",
                        description == null ? now.path("description").asString() : description)
                .put("transformMap", map == null ? now.path("transformMap").asString() : map)
                .put("active", !inactive && (active == null ? now.path("active").asBoolean() : active));
        if (version != null) {
            putVersion(body, Optional.of(version));
        } else if (map == null && now.has("transformMapVersion")) {
            body.set("transformMapVersion", now.path("transformMapVersion"));
        }
        body.set("schedule", schedule.isPresent() ? schedule.get() : now.path("schedule"));
        print(api.put("/api/v1/profiles/" + id, body), form);
        return 0;
    }

    @Command(
            name = "delete",
            description = "Delete a profile. Its runs stay.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm profiles delete 2")
    int delete(@Mixin ServerOption server, @Parameters(paramLabel = "ID", description = ID) int id) {
        server.api().delete("/api/v1/profiles/" + id);
        spec.commandLine().getOut().println("Deleted profile " + id + ".");
        return 0;
    }

    @Command(
            name = "next",
            description = {
                "Show when a profile runs next, at most five times.",
                "Without ID: when the schedule that the options describe would be due; nothing is saved."
            },
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm profiles next 1",
                "  ./etm profiles next --cron '30 2 * * 0' --start 2026-10-01T00:00 --zone Europe/Berlin"
            })
    int next(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", arity = "0..1", description = ID) @Nullable Integer id,
            @Mixin ScheduleFlags flags,
            @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
                    Output.Form form) {
        Optional<ObjectNode> schedule = flags.schedule();
        if ((id == null) == schedule.isEmpty()) {
            throw new CliFailure("Give either a profile's id, or a schedule by --at, --every or --cron.");
        }
        Api api = server.api();
        JsonNode answer = schedule.isPresent()
                ? api.post("/api/v1/schedules/preview", Optional.of(schedule.get()))
                : api.get("/api/v1/profiles/" + id);
        PrintWriter out = spec.commandLine().getOut();
        if (form == Output.Form.json) {
            new Output(out, Terminal.current().width()).json(answer.path("nextRuns"));
            return 0;
        }
        ZoneId zone = zone(schedule.<JsonNode>map(document -> document).orElse(answer.path("schedule")));
        answer.path("nextRuns").forEach(time -> out.println(local(time, zone)));
        if (answer.path("nextRuns").isEmpty()) {
            out.println("It is not due any more.");
        }
        notices(answer, out);
        return 0;
    }

    @Command(
            name = "run",
            description = "Run a profile now.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm profiles run 1 --wait",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:it was started; with --wait: it processed everything",
                "1:it could not be started; with --wait: it failed, was cancelled or is incomplete",
                "2:the command line is wrong"
            })
    int run(
            @Mixin ServerOption server,
            @Parameters(paramLabel = "ID", description = ID) int id,
            @Option(names = "--wait", description = "Follow it to its end") boolean wait) {
        return RunsCommand.start(server.api(), spec.commandLine().getOut(), id, wait);
    }

    private void print(JsonNode profile, Output.Form form) {
        PrintWriter out = spec.commandLine().getOut();
        if (form == Output.Form.json) {
            new Output(out, Terminal.current().width()).json(profile);
            return;
        }
        out.println("Profile " + profile.path("id").asInt() + ": "
                + Output.printable(profile.path("name").asString()) + " of connection "
                + profile.path("connectionId").asInt());
        if (!profile.path("description").asString("").isEmpty()) {
            out.println("  " + Output.printable(profile.path("description").asString()));
        }
        out.println("  status    " + (profile.path("active").asBoolean() ? "Active" : "Inactive"));
        out.println("  map       "
                + Output.printable(profile.path("transformMap").asString()) + ", "
                + (profile.has("transformMapVersion")
                        ? "version " + profile.path("transformMapVersion").asInt()
                        : "latest version"));
        out.println("  schedule  " + profile.path("scheduleText").asString());
        ZoneId zone = zone(profile.path("schedule"));
        String heading = "  next      ";
        for (JsonNode time : profile.path("nextRuns")) {
            out.println(heading + local(time, zone));
            heading = " ".repeat(heading.length());
        }
        notices(profile, out);
    }

    private static void notices(JsonNode answer, PrintWriter out) {
        answer.path("notices").forEach(notice -> out.println("Note: " + notice.asString()));
        out.flush();
    }

    private static String local(JsonNode time, ZoneId zone) {
        return IN_ZONE.format(Instant.parse(time.asString()).atZone(zone));
    }

    /** Times are shown as the schedule counts them, wherever this machine is. */
    private static ZoneId zone(JsonNode schedule) {
        return schedule.has("zone") ? ZoneId.of(schedule.path("zone").asString()) : ZoneId.systemDefault();
    }

    private static String defaultMap(Api api, int connection) {
        String connector =
                api.get("/api/v1/connections/" + connection).path("connector").asString();
        return api.get("/api/v1/connectors/" + connector).at("/transformMaps/0").asString();
    }

    private static void putVersion(ObjectNode body, Optional<String> version) {
        version.filter(text -> !text.equals(LATEST)).ifPresent(text -> {
            try {
                body.put("transformMapVersion", Integer.parseInt(text));
            } catch (NumberFormatException noNumber) {
                throw new CliFailure("--map-version is a number or latest; it was " + text + ".", noNumber);
            }
        });
    }
}

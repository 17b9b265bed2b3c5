// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.HashMap;
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

/** Commands that show one list as the server gives it. */
abstract class ListCommands implements Callable<Integer> {

    @Mixin
    private ServerOption server = new ServerOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--output",
            paramLabel = "FORM",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Output.Form form = Output.Form.table;

    abstract String path();

    Map<String, String> parameters() {
        return Map.of();
    }

    abstract List<Column> columns();

    @Override
    public Integer call() {
        List<JsonNode> items = server.api()
                .get(path(), parameters())
                .path("items")
                .valueStream()
                .toList();
        new Output(spec.commandLine().getOut(), Terminal.current().width()).list(items, columns(), form, true, true);
        return 0;
    }

    /** {@code etm connectors}. */
    @Command(
            name = "connectors",
            description = "List the connectors of the server.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm connectors --output json")
    static final class Connectors extends ListCommands {
        @Override
        String path() {
            return "/api/v1/connectors";
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.text("ID", "/id"),
                    Column.text("VENDOR", "/vendor"),
                    Column.text("PRODUCT", "/product"),
                    Column.text("CATEGORY", "/category"),
                    Column.text("ASSET TYPES", "/assetTypes"),
                    Column.text("FINDING TYPES", "/findingTypes"),
                    Column.text("DIRECTION", "/direction"));
        }
    }

    /** {@code etm connections list}. */
    @Command(
            name = "list",
            description = "List all connections.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm connections list")
    static final class Connections extends ListCommands {
        @Override
        String path() {
            return "/api/v1/connections";
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.text("NAME", "/name"),
                    Column.text("PRODUCT", "/product"),
                    Column.text("STATE", "/state"),
                    Column.text("BASE URL", "/values/baseURL"),
                    Column.time("KEY SET", "/secretsSetAt"),
                    Column.number("LAST RUN", "/lastRunId"),
                    Column.time("CREATED", "/createdAt"));
        }
    }

    /** {@code etm destinations list}. */
    @Command(
            name = "list",
            description = "List all destinations with their last delivery.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations list")
    static final class Destinations extends ListCommands {
        @Override
        String path() {
            return "/api/v1/destinations";
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.text("NAME", "/name"),
                    Column.text("KIND", "/kind"),
                    Column.text("ACTIVE", "/active"),
                    Column.text("AFTER RUNS", "/afterRuns"),
                    Column.text("SCHEDULE", "/scheduleText"),
                    Column.time("NEXT", "/nextDeliveryAt"),
                    Column.text("LAST", "/lastDelivery/state"),
                    Column.number("REJECTED", "/lastDelivery/counts/rejected"),
                    Column.number("EVENTS WAIT", "/events/pending"));
        }
    }

    /** {@code etm destinations deliveries}. */
    @Command(
            name = "deliveries",
            description = "List the deliveries to a destination, the newest first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations deliveries 1")
    static final class Deliveries extends ListCommands {
        @Parameters(paramLabel = "ID", description = "The destination's id")
        private int destination;

        @Override
        String path() {
            return "/api/v1/destinations/" + destination + "/deliveries";
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.text("TRIGGER", "/trigger"),
                    Column.text("STATE", "/state"),
                    Column.time("ASKED FOR", "/queuedAt"),
                    Column.time("ENDED", "/finishedAt"),
                    Column.number("SENT", "/counts/sent"),
                    Column.number("ACCEPTED", "/counts/accepted"),
                    Column.number("REJECTED", "/counts/rejected"),
                    Column.number("FINDINGS", "/counts/findings"),
                    Column.text("WHY", "/failureMessage"));
        }
    }

    /** {@code etm destinations rejections}. */
    @Command(
            name = "rejections",
            description = "List what a delivery's destination did not take, and why.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm destinations rejections 7")
    static final class Rejections extends ListCommands {
        @Parameters(paramLabel = "DELIVERY", description = "The delivery's id, as \"destinations deliveries\" shows it")
        private int delivery;

        @Override
        String path() {
            return "/api/v1/deliveries/" + delivery + "/rejections";
        }

        @Override
        List<Column> columns() {
            return List.of(Column.text("KEY", "/key"), Column.text("NAME", "/name"), Column.text("REASON", "/reason"));
        }
    }

    /** {@code etm profiles list}. */
    @Command(
            name = "list",
            description = "List profiles.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = "  ./etm profiles list --connection 1")
    static final class Profiles extends ListCommands {
        @Option(names = "--connection", paramLabel = "ID", description = "Only those of this connection")
        private @Nullable Integer connection;

        @Override
        String path() {
            return "/api/v1/profiles";
        }

        @Override
        Map<String, String> parameters() {
            return connection == null ? Map.of() : Map.of("connectionId", connection.toString());
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.number("CONNECTION", "/connectionId"),
                    Column.text("NAME", "/name"),
                    Column.text("TRANSFORM MAP", "/transformMap"),
                    Column.text("ACTIVE", "/active"),
                    Column.text("SCHEDULE", "/scheduleText"),
                    Column.time("NEXT RUN", "/nextRuns/0"));
        }
    }

    /** {@code etm runs list}. */
    @Command(
            name = "list",
            description = "List runs, the newest first.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  ./etm runs list --connection 1",
                "  ./etm runs list --state FAILED --state CANCELLED --from 2026-03-01T00:00:00Z"
            })
    static final class Runs extends ListCommands {
        @Option(names = "--connection", paramLabel = "ID", description = "Only those of this connection")
        private @Nullable Integer connection;

        @Option(names = "--profile", paramLabel = "ID", description = "Only those of this profile")
        private @Nullable Integer profile;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description =
                        "Only those in this state; may be given several times: QUEUED, FETCHING, APPLYING, PROCESSED,"
                                + " PROCESSED_INCOMPLETE, FAILED, CANCELLED")
        private List<String> states = List.of();

        @Option(names = "--from", paramLabel = "TIME", description = "Only those asked for at this time or later")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "TIME", description = "Only those asked for before this time")
        private @Nullable String to;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: ${DEFAULT-VALUE}")
        private int limit = 20;

        @Override
        String path() {
            return "/api/v1/runs";
        }

        @Override
        Map<String, String> parameters() {
            Map<String, String> parameters = new HashMap<>();
            if (connection != null) {
                parameters.put("connectionId", connection.toString());
            }
            if (profile != null) {
                parameters.put("profileId", profile.toString());
            }
            if (!states.isEmpty()) {
                parameters.put("state", String.join(",", states));
            }
            if (from != null) {
                parameters.put("from", from);
            }
            if (to != null) {
                parameters.put("to", to);
            }
            parameters.put("limit", Integer.toString(limit));
            return parameters;
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.number("CONNECTION", "/connectionId"),
                    Column.text("STATE", "/state"),
                    Column.text("TRIGGER", "/trigger"),
                    Column.time("QUEUED", "/queuedAt"),
                    Column.time("FINISHED", "/finishedAt"),
                    Column.number("ASSETS NEW", "/counts/assetsNew"),
                    Column.number("UPDATED", "/counts/assetsUpdated"),
                    Column.number("RETIRED", "/counts/assetsRetired"),
                    Column.number("FINDINGS NEW", "/counts/findingsNew"),
                    Column.number("FIXED", "/counts/findingsFixed"),
                    Column.number("QUARANTINED", "/counts/quarantined"));
        }
    }

    /** {@code etm quarantine}. */
    @Command(
            name = "quarantine",
            description = "Show what a run could not use, with the reasons.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExample:%n",
            footer = {
                "  ./etm quarantine 12 --state OPEN --output json",
                "  ./etm runs retry 12 --wait",
                "  ./etm runs dismiss 12 --id 40 --note \"Kubernetes nodes have no serial number\""
            })
    static final class Quarantine extends ListCommands {
        @Parameters(paramLabel = "RUN", description = "Id of the run")
        private int run;

        @Option(names = "--limit", paramLabel = "N", description = "At most so many. Default: ${DEFAULT-VALUE}")
        private int limit = 100;

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only what is OPEN, DISMISSED or RESOLVED. Default: all")
        private Optional<String> state = Optional.empty();

        @Override
        String path() {
            return "/api/v1/runs/" + run + "/quarantine";
        }

        @Override
        Map<String, String> parameters() {
            Map<String, String> parameters = new HashMap<>(Map.of("limit", Integer.toString(limit)));
            state.ifPresent(wanted -> parameters.put("state", wanted));
            return parameters;
        }

        @Override
        List<Column> columns() {
            return List.of(
                    Column.number("ID", "/id"),
                    Column.text("STATE", "/state"),
                    Column.text("STAGE", "/stage"),
                    Column.text("STREAM", "/stream"),
                    Column.text("PAGE", "/page"),
                    Column.number("ROW", "/row"),
                    Column.text("HOST", "/nativeKey"),
                    Column.text("FINDING", "/findingKey"),
                    Column.text("REASON", "/reason"));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Follows a run to its end: with a bar on a terminal, with plain lines elsewhere. */
final class RunWatch {

    private static final Duration ON_TERMINAL = Duration.ofMillis(250);
    private static final Duration ON_LOG = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int RECONNECTIONS = 30;
    private static final int BAR = 30;

    private final Api api;
    private final PrintWriter out;
    private final Terminal terminal;
    private String lastEvent = "";
    private String shown = "";
    private Optional<JsonNode> ended = Optional.empty();

    RunWatch(Api api, PrintWriter out, Terminal terminal) {
        this.api = api;
        this.out = out;
        this.terminal = terminal;
    }

    /** Returns the run when it has ended. */
    JsonNode follow(int runId) {
        return follow(runId, false);
    }

    /**
     * The same.
     *
     * @param log whether the run's log is shown too
     */
    JsonNode follow(int runId, boolean log) {
        try {
            for (int tries = 0; tries < RECONNECTIONS; tries++) {
                try {
                    api.events("/api/v1/runs/" + runId + "/events", lastEvent, event -> show(event, log));
                } catch (IOException broken) {
                    // the next try goes on after the last event
                } catch (CliFailure refused) {
                    return ask("/api/v1/runs/" + runId);
                }
                if (ended.isPresent()) {
                    return ended.get();
                }
                Thread.sleep(PAUSE);
            }
            return ask("/api/v1/runs/" + runId);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CliFailure("Stopped watching; run " + runId + " goes on.", stopped);
        }
    }

    private void show(Api.Event event, boolean log) {
        lastEvent = event.id();
        switch (event.name()) {
            case "log" -> {
                if (log) {
                    out.print(terminal.interactive() ? "\r\033[K" : "");
                    printLogLine(event.data(), out);
                    out.flush();
                }
            }
            case "run" -> show(event.data());
            case "end" -> {
                show(event.data());
                ended = Optional.of(event.data());
            }
            default -> {}
        }
    }

    static void printLogLine(JsonNode line, PrintWriter out) {
        out.printf(
                "%s  %-7s %s%n",
                Column.local(line.path("at").asString()),
                line.path("level").asString(),
                Output.printable(line.path("message").asString()));
    }

    private void show(JsonNode run) {
        if (terminal.interactive()) {
            out.print("\r\033[K" + (run.path("ended").asBoolean() ? "" : bar(run)));
            out.flush();
        } else {
            String line = run.path("progress")
                    .path("stage")
                    .asString(run.path("state").asString());
            if (!line.equals(shown)) {
                out.println("  " + line);
                out.flush();
                shown = line;
            }
        }
    }

    /** Follows what has no stream of events, such as a dry run, and returns it when it has ended. */
    JsonNode follow(String path, String what) {
        try {
            return ask(path);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CliFailure("Stopped watching; " + what + " goes on.", stopped);
        }
    }

    private JsonNode ask(String path) throws InterruptedException {
        while (true) {
            JsonNode run = api.get(path);
            show(run);
            if (run.path("ended").asBoolean()) {
                return run;
            }
            Thread.sleep(terminal.interactive() ? ON_TERMINAL : ON_LOG);
        }
    }

    private String bar(JsonNode run) {
        JsonNode progress = run.path("progress");
        String stage = progress.path("stage").asString(run.path("state").asString());
        long done = progress.path("done").asLong(0);
        long total = progress.path("total").asLong(0);
        String numbers = done == 0 ? "" : " %,d".formatted(done);
        String bar = ".".repeat(BAR);
        if (total > 0) {
            int filled = (int) Math.min(BAR, done * BAR / total);
            bar = "#".repeat(filled) + ".".repeat(BAR - filled);
            numbers = " %,d/%,d".formatted(done, total);
        }
        String line = "[" + bar + "]" + numbers + " " + progress.path("unit").asString("") + "  " + stage;
        return line.length() < terminal.width() ? line : line.substring(0, terminal.width() - 1);
    }

    /** Prints how a run ended and what it did. */
    static void summary(JsonNode run, PrintWriter out) {
        JsonNode counts = run.path("counts");
        out.println(
                "Run " + run.path("id").asString() + ": " + run.path("state").asString());
        if (run.has("failure")) {
            out.println("  " + Output.printable(run.at("/failure/message").asString()) + " ("
                    + run.at("/failure/kind").asString() + ")");
        }
        run.path("missing").forEach(missing -> out.println("  missing: " + Output.printable(missing.asString())));
        run.path("warnings")
                .forEach(warning -> out.println(
                        (warning.path("level").asString().equals("INFO") ? "  new in the answers: " : "  warning: ")
                                + Output.printable(warning.path("message").asString())));
        out.printf(
                "  assets    %,d new, %,d updated, %,d unchanged, %,d retired, %,d returned%n",
                counts.path("assetsNew").asLong(),
                counts.path("assetsUpdated").asLong(),
                counts.path("assetsUnchanged").asLong(),
                counts.path("assetsRetired").asLong(),
                counts.path("assetsReturned").asLong());
        if (counts.path("assetsSkipped").asLong() > 0) {
            out.printf(
                    "            %,d skipped: no identification rule found them, and the connection creates none%n",
                    counts.path("assetsSkipped").asLong());
        }
        out.printf(
                "  findings  %,d new, %,d unchanged, %,d fixed, %,d reopened%n",
                counts.path("findingsNew").asLong(),
                counts.path("findingsUnchanged").asLong(),
                counts.path("findingsFixed").asLong(),
                counts.path("findingsReopened").asLong());
        out.printf(
                "  %,d quarantined, %,d API calls (%,d slowed down), %,d pages%n",
                counts.path("quarantined").asLong(),
                counts.path("apiCalls").asLong(),
                counts.path("throttled").asLong(),
                counts.path("pagesFetched").asLong());
        if (!run.path("stages").isEmpty()) {
            out.println("  time      "
                    + run.path("stages")
                            .valueStream()
                            .map(stage -> "%s %.1f s"
                                    .formatted(
                                            stage.path("stage").asString().toLowerCase(Locale.ROOT),
                                            stage.path("milliseconds").asLong() / 1000.0))
                            .collect(Collectors.joining(", ")));
        }
        if (run.has("quota")) {
            out.printf(
                    "  quota     %,.4f spent, %,.2f left%n",
                    run.at("/quota/spent").asDouble(), run.at("/quota/left").asDouble());
        }
        if (counts.path("quarantined").asLong() > 0) {
            out.println(
                    "  Why: ./etm quarantine " + run.path("id").asString() + ". Once that is mended: ./etm runs retry "
                            + run.path("id").asString() + " --wait");
        }
        out.flush();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A schedule as flags. */
final class ScheduleFlags {

    private static final Pattern EVERY = Pattern.compile("(\\d{1,4})\\s*(h|d|w|hours?|days?|weeks?)");

    @Option(names = "--manual", description = "No schedule: run by hand only")
    private boolean manual;

    @Option(names = "--at", paramLabel = "TIME", description = "Once, at this local time, e.g. 2026-12-01T02:00")
    private @Nullable String at;

    @Option(names = "--every", paramLabel = "N", description = "Again and again: 6h, 1d or 2w, counted from --start")
    private @Nullable String every;

    @Option(
            names = "--cron",
            paramLabel = "EXPR",
            description = "Again and again, by five fields: minute, hour, day of month, month, day of week;"
                    + " e.g. '30 2 * * 1-5'")
    private @Nullable String cron;

    @Option(names = "--start", paramLabel = "TIME", description = "Of a recurring schedule. Default: now")
    private @Nullable String start;

    @Option(names = "--end", paramLabel = "TIME", description = "Of a recurring schedule. Default: it goes on for ever")
    private @Nullable String end;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "Whose local time, e.g. Europe/Berlin. Default: this machine's")
    private @Nullable String zone;

    /** The schedule as the server takes it; empty if no flag speaks of one. */
    Optional<ObjectNode> schedule() {
        int kinds = (manual ? 1 : 0) + (at == null ? 0 : 1) + (every == null ? 0 : 1) + (cron == null ? 0 : 1);
        if (kinds > 1) {
            throw new CliFailure("Give one of --manual, --at, --every and --cron.");
        }
        boolean recurring = every != null || cron != null;
        if (!recurring && (start != null || end != null)) {
            throw new CliFailure("--start and --end go with --every or --cron.");
        }
        if (kinds == 0) {
            if (zone != null) {
                throw new CliFailure("--zone goes with --at, --every or --cron.");
            }
            return Optional.empty();
        }
        ObjectNode schedule = JsonNodeFactory.instance.objectNode();
        if (manual) {
            return Optional.of(schedule.put("kind", "NONE"));
        }
        ZoneId place = zone();
        schedule.put("zone", place.getId());
        if (at != null) {
            return Optional.of(schedule.put("kind", "SINGLE_OCCURRENCE").put("at", time("--at", at)));
        }
        schedule.put("kind", "RECURRING")
                .put(
                        "start",
                        start == null
                                ? LocalDateTime.now(place)
                                        .truncatedTo(ChronoUnit.MINUTES)
                                        .toString()
                                : time("--start", start));
        if (end != null) {
            schedule.put("end", time("--end", end));
        }
        if (cron != null) {
            schedule.put("cron", cron);
        } else if (every != null) {
            putEvery(schedule, every);
        }
        return Optional.of(schedule);
    }

    private static void putEvery(ObjectNode schedule, String text) {
        Matcher matcher = EVERY.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new CliFailure("--every is a number with h, d or w, such as 6h, 1d or 2w; it was " + text + ".");
        }
        schedule.put("every", Integer.parseInt(matcher.group(1)))
                .put(
                        "unit",
                        switch (matcher.group(2).charAt(0)) {
                            case 'h' -> "HOURS";
                            case 'd' -> "DAYS";
                            default -> "WEEKS";
                        });
    }

    private ZoneId zone() {
        try {
            return zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            throw new CliFailure("There is no time zone " + zone + ". Name one like Europe/Berlin or UTC.", unknown);
        }
    }

    private static String time(String flag, String text) {
        try {
            return LocalDateTime.parse(text.strip().replace(' ', 'T')).toString();
        } catch (DateTimeException unreadable) {
            throw new CliFailure(flag + " is a local time like 2026-12-01T02:00; it was " + text + ".", unreadable);
        }
    }
}

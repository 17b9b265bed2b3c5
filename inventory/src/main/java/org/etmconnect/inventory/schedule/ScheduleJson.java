// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.schedule;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Schedules as they are stored. */
public final class ScheduleJson {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ScheduleJson() {}

    /** The schedule as JSON text. */
    public static String write(Schedule schedule) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        switch (schedule) {
            case Schedule.None() -> node.put("kind", "none");
            case Schedule.SingleOccurrence(LocalDateTime at, ZoneId zone) ->
                node.put("kind", "once").put("at", at.toString()).put("zone", zone.getId());
            case Schedule.Recurring(LocalDateTime start, Optional<LocalDateTime> end, Rhythm rhythm, ZoneId zone) -> {
                node.put("kind", "recurring").put("start", start.toString()).put("zone", zone.getId());
                end.ifPresent(time -> node.put("end", time.toString()));
                switch (rhythm) {
                    case Rhythm.Every(int count, Rhythm.Unit unit) ->
                        node.put("every", count).put("unit", unit.name());
                    case Rhythm.Cron(String expression) -> node.put("cron", expression);
                }
            }
        }
        return node.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws RuntimeException if it is anything else
     */
    public static Schedule read(String text) {
        JsonNode node = JSON.readTree(text);
        String kind = node.path("kind").asString();
        return switch (kind) {
            case "none" -> new Schedule.None();
            case "once" -> new Schedule.SingleOccurrence(time(node.path("at")), zone(node));
            case "recurring" ->
                new Schedule.Recurring(
                        time(node.path("start")),
                        node.has("end") ? Optional.of(time(node.path("end"))) : Optional.empty(),
                        node.has("cron")
                                ? new Rhythm.Cron(node.path("cron").asString())
                                : new Rhythm.Every(
                                        node.path("every").asInt(),
                                        Rhythm.Unit.valueOf(node.path("unit").asString())),
                        zone(node));
            default -> throw new IllegalArgumentException("There is no kind of schedule \"" + kind + "\".");
        };
    }

    private static LocalDateTime time(JsonNode node) {
        return LocalDateTime.parse(node.asString());
    }

    private static ZoneId zone(JsonNode node) {
        return ZoneId.of(node.path("zone").asString());
    }
}

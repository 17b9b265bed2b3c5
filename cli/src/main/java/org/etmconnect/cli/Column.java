// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * One column of a list.
 *
 * @param title its heading in a table; in CSV the last part of the pointer
 * @param pointer where its value stands in an item, e.g. {@code /operatingSystem/name}
 * @param kind how it is written
 */
record Column(String title, String pointer, Kind kind) {

    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm z");

    enum Kind {
        TEXT,
        NUMBER,
        /** Local time with its zone in tables, UTC in CSV. */
        TIME
    }

    static Column text(String title, String pointer) {
        return new Column(title, pointer, Kind.TEXT);
    }

    static Column number(String title, String pointer) {
        return new Column(title, pointer, Kind.NUMBER);
    }

    static Column time(String title, String pointer) {
        return new Column(title, pointer, Kind.TIME);
    }

    String forPeople(JsonNode item) {
        JsonNode value = item.at(pointer);
        return switch (kind) {
            case TEXT -> plain(value);
            case NUMBER -> value.isIntegralNumber() ? "%,d".formatted(value.asLong()) : plain(value);
            case TIME -> value.isString() ? local(value.asString()) : "";
        };
    }

    String forMachines(JsonNode item) {
        return plain(item.at(pointer));
    }

    String key() {
        return pointer.substring(1).replace('/', '.');
    }

    static String local(String instant) {
        return LOCAL.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
    }

    private static String plain(JsonNode value) {
        if (value.isArray()) {
            return value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
        }
        return value.isValueNode() && !value.isNull() ? value.asString() : "";
    }
}

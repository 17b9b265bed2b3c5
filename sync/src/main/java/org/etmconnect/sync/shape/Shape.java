// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What a connection's answers looked like, by stream. */
record Shape(SortedMap<String, StreamShape> streams) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static final Shape NONE = new Shape(new TreeMap<>());

    Shape {
        streams = new TreeMap<>(streams);
    }

    static Shape parse(String json) {
        return JSON.readValue(json, Shape.class);
    }

    String json() {
        return JSON.writeValueAsString(this);
    }

    /** This, and what only an earlier one knew. */
    Shape with(Shape earlier) {
        Map<String, StreamShape> all = new TreeMap<>(earlier.streams());
        streams.forEach((name, now) -> all.merge(name, now, (known, same) -> now.with(known)));
        return new Shape(new TreeMap<>(all));
    }
}

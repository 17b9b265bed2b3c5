// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Rows as a tenant would send them whose vendor changed them without a word. */
final class Reshaping {

    private final FaultBook.Struck faults;
    private final JsonMapper mapper;

    Reshaping(FaultBook.Struck faults, JsonMapper mapper) {
        this.faults = faults;
        this.mapper = mapper;
    }

    /** Whether there is anything to change. */
    boolean changes() {
        return faults.has(Fault.Reshaped.class);
    }

    /** The row, changed. */
    ObjectNode apply(ObjectNode row) {
        for (Fault fault : faults.faults()) {
            if (fault instanceof Fault.Reshaped reshaped) {
                switch (reshaped) {
                    case Fault.DroppedField(String field) -> row.remove(field);
                    case Fault.OtherForm(String field) -> {
                        if (row.has(field)) {
                            row.set(field, reformed(row.get(field)));
                        }
                    }
                    case Fault.FixedField(String field, String value) -> row.set(field, json(value));
                }
            }
        }
        return row;
    }

    private static JsonNode reformed(JsonNode value) {
        if (value instanceof ArrayNode list) {
            return list.isEmpty() ? list.nullNode() : list.get(0);
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        return value.isNull() ? value : list.add(value);
    }

    private JsonNode json(String value) {
        try {
            return mapper.readTree(value);
        } catch (JacksonException e) {
            return JsonNodeFactory.instance.stringNode(value);
        }
    }
}

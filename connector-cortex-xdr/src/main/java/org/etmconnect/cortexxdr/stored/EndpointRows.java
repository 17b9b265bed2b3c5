// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Reads ids and names off a stored page of endpoints without building its rows. */
public final class EndpointRows {

    private EndpointRows() {}

    /**
     * One row of the page.
     *
     * @param id the endpoint's id; empty if the row has none
     * @param name the endpoint's name; empty if the row has none
     */
    public record Row(String id, String name) {}

    /** The rows of a page of endpoints, in order. */
    public static List<Row> read(JsonMapper json, InputStream page) throws IOException {
        List<Row> rows = new ArrayList<>(100);
        try (JsonParser parser = json.createParser(page)) {
            if (!enter(parser, "reply") || !enter(parser, "endpoints")) {
                return rows;
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                return rows;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY && parser.currentToken() != null) {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    rows.add(row(parser));
                } else {
                    parser.skipChildren();
                    rows.add(new Row("", ""));
                }
            }
            return rows;
        } catch (JacksonException e) {
            throw new IOException("A stored page of endpoints does not read: " + e.getOriginalMessage(), e);
        }
    }

    /** Goes to the value of {@code name} in the object that comes next; whether it is there. */
    private static boolean enter(JsonParser parser, String name) {
        if (parser.currentToken() != JsonToken.START_OBJECT && parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean found = parser.currentName().equals(name);
            parser.nextToken();
            if (found) {
                return true;
            }
            parser.skipChildren();
        }
        return false;
    }

    private static Row row(JsonParser parser) {
        String id = "";
        String name = "";
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                if (field.equals("endpoint_id")) {
                    id = parser.getString().strip();
                } else if (field.equals("endpoint_name")) {
                    name = parser.getString();
                }
            }
            parser.skipChildren();
        }
        return new Row(id, name);
    }
}

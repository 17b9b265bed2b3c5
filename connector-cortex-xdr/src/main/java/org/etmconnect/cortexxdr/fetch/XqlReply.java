// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.etmconnect.cortexxdr.client.BodyReader;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state of a query, read off a reply of get_query_results without building its rows.
 *
 * @param status as the vendor says it, in upper case; may be empty
 * @param numberOfResults the vendor's own count of rows, if it gives one
 * @param streamId where the rows are to be had, if they did not come inline
 * @param inlineRows how many rows came inline; empty if the reply has no list of rows
 * @param rest everything of the reply but its rows
 */
record XqlReply(
        String status,
        OptionalLong numberOfResults,
        Optional<String> streamId,
        OptionalLong inlineRows,
        ObjectNode rest) {

    boolean pending() {
        return status.equals("PENDING") || status.equals("RUNNING") || status.equals("IN_PROGRESS");
    }

    boolean failed() {
        return status.startsWith("FAIL") || status.equals("ERROR") || status.startsWith("CANCEL");
    }

    static XqlReply read(JsonMapper json, InputStream body) throws IOException, BodyReader.NotAnAnswer {
        OptionalLong rows = OptionalLong.empty();
        Kept kept = new Kept(json);
        ObjectNode reply = json.createObjectNode();
        ObjectNode root = json.createObjectNode();
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw BodyReader.NotAnAnswer.unreadable("It is no JSON object.");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("reply")) {
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        String field = parser.currentName();
                        if (parser.nextToken() == JsonToken.START_OBJECT && field.equals("results")) {
                            OptionalLong found = results(parser, reply, kept);
                            rows = found.isPresent() ? found : rows;
                        } else if (parser.currentToken() == JsonToken.START_ARRAY && field.equals("results")) {
                            rows = OptionalLong.of(count(parser));
                        } else {
                            reply.set(field, kept.read(parser));
                        }
                    }
                } else {
                    root.set(name, kept.read(parser));
                }
            }
            drain(body);
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw BodyReader.NotAnAnswer.unreadable("It is not JSON: " + e.getOriginalMessage() + ".");
        }
        root.set("reply", reply);
        if (reply.hasNonNull("err_code")
                || reply.hasNonNull("err_msg")
                || root.has("err_code")
                || root.has("err_msg")) {
            throw BodyReader.NotAnAnswer.errorEnvelope(root);
        }
        JsonNode number = reply.path("number_of_results");
        JsonNode stream = reply.path("stream_id");
        return new XqlReply(
                reply.path("status").asString("").strip().toUpperCase(Locale.ROOT),
                number.isNumber() ? OptionalLong.of(number.asLong(0)) : digits(number.asString("")),
                stream.isNull() || stream.isMissingNode() ? Optional.empty() : Optional.of(stream.asString("")),
                rows,
                reply);
    }

    private static OptionalLong digits(String text) {
        return text.strip().matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text.strip())) : OptionalLong.empty();
    }

    private static OptionalLong results(JsonParser parser, ObjectNode reply, Kept kept) throws BodyReader.NotAnAnswer {
        OptionalLong rows = OptionalLong.empty();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && field.equals("data")) {
                rows = OptionalLong.of(count(parser));
            } else if (field.equals("data")) {
                parser.skipChildren();
                rows = OptionalLong.of(0);
            } else {
                reply.set(field, kept.read(parser));
            }
        }
        return rows;
    }

    /** What a reply says besides its rows is short; that it stays so is not left to whoever answers. */
    private static final class Kept {

        private static final int MOST_CHARACTERS = 1 << 20;

        private final JsonMapper json;
        private long characters;

        Kept(JsonMapper json) {
            this.json = json;
        }

        /** The value at which the parser is, with all in it. */
        JsonNode read(JsonParser parser) throws BodyReader.NotAnAnswer {
            count(1);
            return switch (parser.currentToken()) {
                case START_OBJECT -> {
                    ObjectNode object = json.createObjectNode();
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        String name = parser.currentName();
                        count(name.length());
                        parser.nextToken();
                        object.set(name, read(parser));
                    }
                    yield object;
                }
                case START_ARRAY -> {
                    ArrayNode array = json.createArrayNode();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        array.add(read(parser));
                    }
                    yield array;
                }
                default -> {
                    count(parser.getStringLength());
                    yield parser.readValueAsTree();
                }
            };
        }

        private void count(int more) throws BodyReader.NotAnAnswer {
            characters += more;
            if (characters > MOST_CHARACTERS) {
                throw BodyReader.NotAnAnswer.unreadable("Besides rows it holds more than a reply does.");
            }
        }
    }

    private static long count(JsonParser parser) {
        long rows = 0;
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            parser.skipChildren();
            rows++;
        }
        return rows;
    }

    private static void drain(InputStream body) throws IOException {
        byte[] buffer = new byte[1 << 13];
        while (body.read(buffer) >= 0) {
            // the draft of the page takes the bytes in passing
        }
    }
}

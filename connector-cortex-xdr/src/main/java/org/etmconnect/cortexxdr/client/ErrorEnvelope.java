// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The vendor's way to say that something went wrong, in any of its shapes: below {@code reply}, below {@code data}, at
 * the root, with numbers as numbers or text.
 *
 * @param code the error code; empty if there is none that is a number
 * @param message what the vendor says; may be empty
 * @param extra what it adds, as compact JSON or text; may be empty
 */
record ErrorEnvelope(Optional<Integer> code, String message, String extra) {

    private static final List<String> CODES = List.of("err_code", "errorCode");
    private static final List<String> MESSAGES = List.of("err_msg", "errorMessage");

    /** The envelope in {@code root}, if it is one. */
    static Optional<ErrorEnvelope> in(JsonNode root) {
        return Stream.of(root.path("reply"), root.path("data"), root)
                .filter(JsonNode::isObject)
                .flatMap(node -> at(node).stream())
                .findFirst();
    }

    private static Optional<ErrorEnvelope> at(JsonNode node) {
        Optional<JsonNode> code = first(node, CODES);
        Optional<JsonNode> message = first(node, MESSAGES);
        Optional<Integer> number = code.flatMap(ErrorEnvelope::number);
        boolean coded = code.isPresent() && number.filter(value -> value == 0).isEmpty();
        boolean says =
                coded || message.filter(text -> !text.asString("").isBlank()).isPresent();
        if (!says) {
            return Optional.empty();
        }
        String text = message.or(() -> first(node, List.of("message", "error")))
                .map(ErrorEnvelope::text)
                .orElse("");
        return Optional.of(new ErrorEnvelope(
                number,
                text,
                first(node, List.of("err_extra")).map(ErrorEnvelope::text).orElse("")));
    }

    private static Optional<JsonNode> first(JsonNode node, List<String> names) {
        return names.stream()
                .map(node::path)
                .filter(value -> !value.isMissingNode() && !value.isNull())
                .findFirst();
    }

    private static Optional<Integer> number(JsonNode node) {
        if (node.isNumber()) {
            return Optional.of(node.asInt(0));
        }
        String text = node.asString("").strip();
        return text.matches("\\d{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    private static String text(JsonNode node) {
        return node.isString() ? node.asString().strip() : node.toString();
    }
}

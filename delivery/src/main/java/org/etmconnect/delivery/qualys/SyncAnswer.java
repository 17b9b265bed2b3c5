// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what the gateway says of a batch. How it names the assets that it does not take is not published, so every form
 * that was seen or guessed is understood; and where something was not taken without a word of what, nothing counts as taken.
 */
final class SyncAnswer {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> LISTS = List.of("failed", "errors", "rejected");
    private static final List<String> KEYS = List.of("sourceNativeKey", "hostName", "key", "id");
    private static final List<String> REASONS = List.of("errorMessage", "error", "message", "reason");

    private SyncAnswer() {}

    /** Empty if it cannot be read. */
    static Optional<GatewayClient.Outcome> read(int status, byte[] body, List<String> keys) {
        JsonNode answer;
        try {
            answer = JSON.readTree(body);
        } catch (JacksonException noJson) {
            return Optional.empty();
        }
        if (!answer.isObject()) {
            return Optional.empty();
        }
        Set<String> known = new HashSet<>(keys);
        Map<String, String> rejected = new LinkedHashMap<>();
        boolean strangers = collect(answer.path("assetsError"), known, rejected);
        String message = answer.path("message").asString("");
        boolean unnamed = rejected.isEmpty()
                && (status == 207
                        || !answer.path("responseCode")
                                .asString("SUCCESSFULLY_PUBLISHED")
                                .equals("SUCCESSFULLY_PUBLISHED"));
        if (strangers || unnamed) {
            for (String key : keys) {
                rejected.putIfAbsent(
                        key,
                        "The gateway did not take the whole batch and does not say which assets it left: «" + message
                                + "».");
            }
        }
        return Optional.of(new GatewayClient.Outcome.Taken(rejected));
    }

    /** Whether there was an error of something that is not in the batch. */
    private static boolean collect(JsonNode errors, Set<String> known, Map<String, String> rejected) {
        boolean strangers = false;
        if (errors.isArray()) {
            for (JsonNode error : errors) {
                strangers |= collectOne(error, known, rejected);
            }
        } else if (errors.isObject()) {
            for (Map.Entry<String, JsonNode> entry : errors.properties()) {
                if (entry.getValue().isArray() && LISTS.contains(entry.getKey())) {
                    strangers |= collect(entry.getValue(), known, rejected);
                } else if (known.contains(entry.getKey())) {
                    rejected.put(entry.getKey(), reason(entry.getValue()));
                } else if (entry.getValue().isObject()) {
                    strangers |= collectOne(entry.getValue(), known, rejected);
                } else {
                    strangers = true;
                }
            }
        } else if (errors.isString() && !errors.asString().isBlank()) {
            strangers = true;
        }
        return strangers;
    }

    private static boolean collectOne(JsonNode error, Set<String> known, Map<String, String> rejected) {
        for (String name : KEYS) {
            String key = error.path(name).asString("");
            if (known.contains(key)) {
                rejected.put(key, reason(error));
                return false;
            }
        }
        return true;
    }

    private static String reason(JsonNode error) {
        for (String name : REASONS) {
            if (error.path(name).isString()) {
                return error.path(name).asString();
            }
        }
        return error.isString() ? error.asString() : error.toString();
    }
}

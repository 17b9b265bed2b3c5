// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Documents as the audit log may keep them: without secrets, and not too long. */
final class Masking {

    /** Longer ones are left out, in bytes. */
    static final int MOST = 256 * 1024;

    private static final String MASK = "***";
    private static final int DEEPEST = 100;

    private static final Pattern SECRET =
            Pattern.compile("passw|secret|token|credential|passphrase|api[-_]?key|private[-_]?key|authorization");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Masking() {}

    /** What was sent, if something was. Only JSON is kept: elsewhere secrets could not be told from the rest. */
    static Optional<JsonNode> body(@Nullable String contentType, byte[] body) {
        if (body.length == 0) {
            return Optional.empty();
        }
        if (contentType == null || !contentType.toLowerCase(Locale.ROOT).contains("json")) {
            return Optional.of(leftOut("not JSON", body.length));
        }
        if (body.length > MOST) {
            return Optional.of(leftOut("too long", body.length));
        }
        try {
            return Optional.of(state(JSON.readTree(body)));
        } catch (JacksonException unreadable) {
            return Optional.of(leftOut("not readable", body.length));
        }
    }

    /** An object as it is. */
    static JsonNode state(JsonNode document) {
        JsonNode masked = masked(document, 0);
        int length = masked.toString().length();
        if (length > MOST) {
            return leftOut("too long", length);
        }
        return masked.isObject()
                ? masked
                : JsonNodeFactory.instance.objectNode().set("items", masked);
    }

    private static ObjectNode leftOut(String why, int length) {
        return JsonNodeFactory.instance.objectNode().put("leftOut", why).put("bytes", length);
    }

    private static JsonNode masked(JsonNode node, int depth) {
        if (depth > DEEPEST) {
            return JsonNodeFactory.instance.stringNode("...");
        }
        if (node.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            node.propertyStream()
                    .forEach(property -> copy.set(
                            storable(property.getKey()),
                            isSecret(property.getKey())
                                    ? hidden(property.getValue())
                                    : masked(property.getValue(), depth + 1)));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            node.valueStream().forEach(each -> copy.add(masked(each, depth + 1)));
            return copy;
        }
        return node.isString() ? JsonNodeFactory.instance.stringNode(storable(node.asString())) : node;
    }

    /** {@code secretsSetAt} and {@code tokenId} name a secret, they are none. */
    private static boolean isSecret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT)).find() && !name.endsWith("At") && !name.endsWith("Id");
    }

    private static JsonNode hidden(JsonNode secret) {
        if (secret.isBoolean() || secret.isNull()) {
            return secret;
        }
        if (secret.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            secret.propertyStream().forEach(property -> copy.put(storable(property.getKey()), MASK));
            return copy;
        }
        return JsonNodeFactory.instance.stringNode(MASK);
    }

    /** PostgreSQL's JSON takes no NUL. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }
}

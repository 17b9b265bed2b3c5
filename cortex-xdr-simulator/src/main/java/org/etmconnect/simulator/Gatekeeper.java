// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;

/** Decides whether a request may pass. */
final class Gatekeeper {

    private static final Duration MOST_SKEW = Duration.ofMinutes(15);

    enum Verdict {
        PASSES,
        UNKNOWN,
        NOT_PERMITTED
    }

    private final List<ApiKey> keys;
    private final InstantSource clock;

    Gatekeeper(List<ApiKey> keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    Verdict judge(Headers headers) {
        String id = text(headers, "x-xdr-auth-id");
        String authorization = text(headers, "Authorization");
        for (ApiKey key : keys) {
            if (key.id().equals(id)) {
                boolean proven = switch (key.level()) {
                    case STANDARD -> key.key().equals(authorization);
                    case ADVANCED -> isSigned(headers, key, authorization);
                };
                if (proven) {
                    return key.permitted() ? Verdict.PASSES : Verdict.NOT_PERMITTED;
                }
            }
        }
        return Verdict.UNKNOWN;
    }

    private boolean isSigned(Headers headers, ApiKey key, String authorization) {
        String nonce = text(headers, "x-xdr-nonce");
        String timestamp = text(headers, "x-xdr-timestamp");
        long skew;
        try {
            skew = Math.abs(clock.millis() - Long.parseLong(timestamp));
        } catch (NumberFormatException notANumber) {
            return false;
        }
        return !nonce.isEmpty()
                && skew <= MOST_SKEW.toMillis()
                && sign(key.key(), nonce, timestamp).equals(authorization);
    }

    static String sign(String key, String nonce, String timestamp) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest((key + nonce + timestamp).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256, which every Java must have", e);
        }
    }

    private static String text(Headers headers, String name) {
        String value = headers.getFirst(name);
        return value == null ? "" : value;
    }
}

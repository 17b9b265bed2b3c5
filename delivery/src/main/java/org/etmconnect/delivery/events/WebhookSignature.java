// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.etmconnect.connector.Secret;

/** Signs messages as standardwebhooks.com says. */
final class WebhookSignature {

    static final String PREFIX = "whsec_";

    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private final List<Secret> secrets;

    /** @param secrets each signs: a former one as long as receivers may still know only that */
    WebhookSignature(List<Secret> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /** What is wrong with a secret; empty if it can be used. Does not say the secret. */
    static Optional<String> problem(Secret secret) {
        try {
            int length = key(secret).length;
            return length >= LEAST_BYTES && length <= MOST_BYTES
                    ? Optional.empty()
                    : Optional.of("It has " + length + " bytes, and needs " + LEAST_BYTES + " to " + MOST_BYTES + ".");
        } catch (IllegalArgumentException noBase64) {
            return Optional.of("It is no Base64 text.");
        }
    }

    private static byte[] key(Secret secret) {
        String text = secret.reveal().strip();
        return Base64.getDecoder().decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
    }

    /** The signature header of a message. */
    String sign(String id, Instant at, byte[] body) {
        return secrets.stream()
                .map(secret -> "v1," + sign(secret, id, at, body))
                .collect(Collectors.joining(" "));
    }

    private static String sign(Secret secret, String id, Instant at, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key(secret), ALGORITHM));
            mac.update((id + "." + at.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("Every Java runtime has " + ALGORITHM, e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes the headers that authenticate one request, after the Cortex XDR API reference. An Advanced key is hashed
 * together with a nonce and a time stamp and goes stale after some minutes, so every request is signed anew.
 */
final class RequestSigner {

    private static final String NONCE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int NONCE_LENGTH = 64;

    private final Credentials credentials;
    private final SecureRandom random = new SecureRandom();

    RequestSigner(Credentials credentials) {
        this.credentials = credentials;
    }

    Map<String, String> headers(Instant now) {
        return headers(nonce(), Long.toString(now.toEpochMilli()));
    }

    Map<String, String> headers(String nonce, String timestamp) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-xdr-auth-id", credentials.keyId());
        switch (credentials.level()) {
            case STANDARD -> headers.put("Authorization", credentials.key().reveal());
            case ADVANCED -> {
                headers.put("x-xdr-nonce", nonce);
                headers.put("x-xdr-timestamp", timestamp);
                headers.put("Authorization", sha256(credentials.key().reveal() + nonce + timestamp));
            }
        }
        return headers;
    }

    private String nonce() {
        StringBuilder nonce = new StringBuilder(NONCE_LENGTH);
        for (int i = 0; i < NONCE_LENGTH; i++) {
            nonce.append(NONCE_ALPHABET.charAt(random.nextInt(NONCE_ALPHABET.length())));
        }
        return nonce.toString();
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256", impossible);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.etmconnect.connector.Secret;

/** Signs requests to S3 as its documentation says: "Authenticating Requests (AWS Signature Version 4)". */
record S3Signature(String accessKeyId, Secret secretKey, String region) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * The headers that a request needs.
     *
     * @param url with its query; names and values in it are encoded, and sorted by name
     * @param headers to be signed besides the host's and the time's
     * @param bodyHash SHA-256 of the body, in hex
     */
    SortedMap<String, String> headers(
            String method, URI url, Map<String, String> headers, String bodyHash, Instant now) {
        SortedMap<String, String> signed = new TreeMap<>();
        headers.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value));
        signed.put("host", url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort());
        signed.put("x-amz-content-sha256", bodyHash);
        signed.put("x-amz-date", TIME.format(now));
        String names = String.join(";", signed.keySet());
        String query = url.getRawQuery() == null ? "" : url.getRawQuery();
        String request = method + "\n" + url.getRawPath() + "\n" + query + "\n"
                + signed.entrySet().stream()
                        .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                        .collect(Collectors.joining())
                + "\n" + names + "\n" + bodyHash;
        String day = TIME.format(now).substring(0, 8);
        String scope = day + "/" + region + "/s3/aws4_request";
        String text = "AWS4-HMAC-SHA256\n" + TIME.format(now) + "\n" + scope + "\n"
                + hash(request.getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secretKey.reveal()).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {day, region, "s3", "aws4_request", text}) {
            key = hmac(key, part);
        }
        SortedMap<String, String> all = new TreeMap<>(signed);
        all.put(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=" + accessKeyId + "/" + scope + ",SignedHeaders=" + names + ",Signature="
                        + HexFormat.of().formatHex(key));
        return all;
    }

    static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has HmacSHA256", e);
        }
    }

    /** A key as part of a URL's path: slashes stay, all else that is not plain is encoded. */
    static String encoded(String key) {
        StringBuilder path = new StringBuilder();
        for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xff);
            boolean plain = letter < 128 && (Character.isLetterOrDigit(letter) || "-._~/".indexOf(letter) >= 0);
            path.append(plain ? String.valueOf(letter) : "%%%02X".formatted(each & 0xff));
        }
        return path.toString();
    }
}

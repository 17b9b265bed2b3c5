// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a mapped document is stored: one version byte, then JSON deflated with a dictionary of what such documents share.
 * A document of a few hundred bytes shrinks to a third, which matters with millions of them. Safe for use by several threads.
 */
public final class DocumentCodec {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final byte VERSION = 1;
    private static final int FINGERPRINT_BYTES = 16;

    /** What documents of version 1 are likely to hold, the likeliest last. Changing it needs a new version. */
    private static final byte[] DICTIONARY =
            ("AGENT_TYPE_MOBILE\"AGENT_TYPE_LAPTOP\"Red Hat Enterprise Linux 9\"Debian 12\"macOS 15"
                            + "\"Windows Server 2022\"Ubuntu 24.04\"version\":\"22.04.\"Windows 11\"version\":\"10.0.22631\"},"
                            + "\"asset\":{\"assetDetail\":{\"cloudInfo\":{\"provider\":\"Azure\"GCP\"AWS\"}}}}"
                            + "\"temp_q_customAttributes\":{\"serverTags\":[],\"endPointTags\":[\"\"]}"
                            + "{\"ipAddress\":\"2001:db8:\",\"ipv6Address\":\"fe80::\"},{\"macAddress\":\"00:\"}],"
                            + "\"networkInterfaces\":[{\"ipAddress\":\"192.168.\",\"ipv4Address\":\"192.168.\"},"
                            + "{\"ipAddress\":\"10.\",\"ipv4Address\":\"10.\"},{\"ipAddress\":\"172.16.\"},"
                            + "\"domain\":\"corp.example.com\",\"type\":\"AGENT_TYPE_SERVER\",\"type\":\"AGENT_TYPE_WORKSTATION\","
                            + "\"firstFoundDate\":\"2025-01-01T00:00:00.000Z\",\"operatingSystem\":{\"name\":\"Windows 10\"},"
                            + "{\"externalAssetId\":\"\",\"hostName\":\"\"")
                    .getBytes(StandardCharsets.UTF_8);

    private static final int CHUNK = 4096;

    /** Those not in use: making one takes longer than deflating a document. */
    private final Queue<Deflater> deflaters = new ConcurrentLinkedQueue<>();

    /** The document as JSON bytes. Equal documents with their fields in the same order give equal bytes. */
    byte[] json(ObjectNode document) {
        return JSON.writeValueAsBytes(document);
    }

    /** 128 bits that tell one document, or one set, from another. */
    byte[] fingerprint(byte[] bytes) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes), FINGERPRINT_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    byte[] fingerprint(int[] ids) {
        byte[] bytes = new byte[ids.length * 4];
        for (int i = 0; i < ids.length; i++) {
            bytes[4 * i] = (byte) (ids[i] >>> 24);
            bytes[4 * i + 1] = (byte) (ids[i] >>> 16);
            bytes[4 * i + 2] = (byte) (ids[i] >>> 8);
            bytes[4 * i + 3] = (byte) ids[i];
        }
        return fingerprint(bytes);
    }

    byte[] compress(byte[] json) {
        Deflater free = deflaters.poll();
        Deflater deflater = free == null ? new Deflater(Deflater.DEFAULT_COMPRESSION, true) : free;
        deflater.setDictionary(DICTIONARY);
        deflater.setInput(json);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length / 2 + 16);
        out.write(VERSION);
        byte[] chunk = new byte[CHUNK];
        while (!deflater.finished()) {
            out.write(chunk, 0, deflater.deflate(chunk));
        }
        deflater.reset();
        deflaters.add(deflater);
        return out.toByteArray();
    }

    /**
     * The document that was stored.
     *
     * @throws IllegalStateException if the bytes are not a stored document: the database was damaged
     */
    public ObjectNode decompress(byte[] stored) {
        if (stored.length == 0 || stored[0] != VERSION) {
            throw new IllegalStateException(
                    "A stored document has an unknown version. Is the server older than its database?");
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setDictionary(DICTIONARY);
            inflater.setInput(stored, 1, stored.length - 1);
            ByteArrayOutputStream out = new ByteArrayOutputStream(stored.length * 4);
            byte[] chunk = new byte[CHUNK];
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 && inflater.needsInput()) {
                    throw new IllegalStateException("A stored document ends too early: the database was damaged.");
                }
                out.write(chunk, 0, count);
            }
            return (ObjectNode) JSON.readTree(out.toByteArray());
        } catch (DataFormatException e) {
            throw new IllegalStateException("A stored document does not decompress: the database was damaged.", e);
        } finally {
            inflater.end();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a mapped document is stored: one version byte, then JSON compressed with a dictionary of what such documents share. A document of
 * a few hundred bytes shrinks to a fifth, which matters with millions of them. {@link DocumentCompressor} makes what this reads.
 * Safe for use by several threads.
 */
public final class DocumentCodec {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    // How a document was stored: deflated with the first dictionary; with the second and the record's key;
    // by Zstandard, without the key it begins with, or whole.
    private static final byte FIRST = 1;
    private static final byte SECOND = 2;
    static final byte WITHOUT_KEY = 3;
    static final byte WHOLE = 4;
    /** Far more than a record's part of an answer may have. */
    private static final int LONGEST = 1 << 30;

    private static final int FINGERPRINT_BYTES = 8;

    /** What documents of version 1 are likely to hold, the likeliest last. Changing it needs a new version. */
    private static final byte[] DICTIONARY_1 =
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

    /** The same of version 2; the record's key follows it. */
    private static final byte[] DICTIONARY_2 = """
            "Amazon Linux 2023""SUSE Linux Enterprise Server 15""Rocky Linux 9""AlmaLinux 9""Oracle Linux 8""CentOS Linux 7"\
            "Android 15""iOS 18"\
            "operatingSystem":{"name":"Debian 11.11","version":"11.11\
            "operatingSystem":{"name":"Debian 12.8","version":"12.8\
            "operatingSystem":{"name":"macOS 13 Ventura","version":"13.\
            "operatingSystem":{"name":"macOS 14 Sonoma","version":"14.\
            "operatingSystem":{"name":"macOS 15 Sequoia","version":"15.\
            "operatingSystem":{"name":"Red Hat Enterprise Linux 8.10","version":"8.10\
            "operatingSystem":{"name":"Red Hat Enterprise Linux 9.4","version":"9.4\
            "operatingSystem":{"name":"Ubuntu 20.04","version":"20.04.\
            "operatingSystem":{"name":"Ubuntu 24.04","version":"24.04.\
            "operatingSystem":{"name":"Ubuntu 22.04","version":"22.04.\
            "operatingSystem":{"name":"Windows Server 2016","version":"10.0.14393\
            "operatingSystem":{"name":"Windows Server 2019","version":"10.0.17763\
            "operatingSystem":{"name":"Windows Server 2022","version":"10.0.20348\
            "operatingSystem":{"name":"Windows 10","version":"10.0.19045\
            "operatingSystem":{"name":"Windows 11","version":"10.0.22631\
            "operatingSystem":{"name":"Windows 11","version":"10.0.26100\
            "type":"AGENT_TYPE_MOBILE""type":"AGENT_TYPE_LAPTOP"\
            "asset":{"assetDetail":{"cloudInfo":{"provider":"Azure"}}},\
            "asset":{"assetDetail":{"cloudInfo":{"provider":"GCP","instanceId":"AZURE","instanceId":"AWS","instanceId":"i-0"}}}}\
            "}],"temp_q_customAttributes":{"serverTags":["],"endPointTags":[""}],"temp_q_customAttributes":{"serverTags":[]}}\
            {"ipAddress":"172.16."{"ipAddress":"192.168.","ipv4Address":"192.168."},\
            {"ipAddress":"2001:db8:","ipv6Address":"2001:db8:"},{"ipAddress":"fe80::","ipv6Address":"fe80::"},\
            {"macAddress":"00:50:56:"},{"macAddress":"\
            "},"domain":"WORKGROUP","type":"AGENT_TYPE_WORKSTATION","firstFoundDate":"2025-"2024-"2023-"2026-01-01T00:00:00.000Z",\
            "networkInterfaces":[{"ipAddress":"10.","ipv4Address":"10.\
            "},"domain":"corp.example.com","type":"AGENT_TYPE_SERVER","firstFoundDate":"\
            "type":"SERVER","firstFoundDate":"2024-"type":"WORKSTATION","firstFoundDate":"2025-01-01T00:00:00.000Z",\
            "domain":"corp.example.com","operatingSystem":{"name":"Windows 11","version":"10.0.26100"},\
            "networkInterfaces":[{"ipv4Address":"10.0.0.\
            "},{"ipv6Address":"fe80::"},{"macAddress":"\
            "}],"temp_q_customAttributes":{"serverTags":["\
            "externalAssetId":"","hostName":"\
            ","operatingSystem":{"name":"\
            ","domain":"corp.example.com","operatingSystem":{"name":"Windows \
            {"externalAssetId":\"""".getBytes(StandardCharsets.UTF_8);

    private static final int CHUNK = 4096;

    /** The document as JSON bytes. Equal documents with their fields in the same order give equal bytes. */
    byte[] json(ObjectNode document) {
        return JSON.writeValueAsBytes(document);
    }

    /**
     * 64 bits that tell what a document, or a set, is now from what it was. Only ever compared with the one before of the same
     * record, so however many there are, a change goes unnoticed once in 2^64.
     */
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

    private static byte[] dictionary(String key) {
        byte[] end = (key + "\",\"hostName\":\"").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(DICTIONARY_2, DICTIONARY_2.length + end.length);
        System.arraycopy(end, 0, all, DICTIONARY_2.length, end.length);
        return all;
    }

    /**
     * The document that was stored.
     *
     * @param key the native key of its record
     * @throws IllegalStateException if the bytes are not a stored document: the database was damaged
     */
    public ObjectNode decompress(byte[] stored, String key) {
        return (ObjectNode) JSON.readTree(
                switch (stored.length == 0 ? 0 : stored[0]) {
                    case FIRST -> inflated(stored, DICTIONARY_1);
                    case SECOND -> inflated(stored, dictionary(key));
                    case WITHOUT_KEY -> decompressed(stored, DocumentCompressor.beginning(key));
                    case WHOLE -> decompressed(stored, new byte[0]);
                    default ->
                        throw new IllegalStateException(
                                "A stored document has an unknown version. Is the server older than its database?");
                });
    }

    private static byte[] decompressed(byte[] stored, byte[] beginning) {
        long size = stored.length == 1 ? -1 : Zstd.getFrameContentSize(stored, 1, stored.length - 1, true);
        if (size < 0 || size > LONGEST) {
            throw damaged(null);
        }
        byte[] all = Arrays.copyOf(beginning, beginning.length + (int) size);
        try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
            context.loadDict(DocumentDictionary.DECOMPRESSING);
            context.setMagicless(true);
            context.decompressByteArray(all, beginning.length, (int) size, stored, 1, stored.length - 1);
            return all;
        } catch (ZstdException e) {
            throw damaged(e);
        }
    }

    private static byte[] inflated(byte[] stored, byte[] dictionary) {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setDictionary(dictionary);
            inflater.setInput(stored, 1, stored.length - 1);
            ByteArrayOutputStream out = new ByteArrayOutputStream(stored.length * 4);
            byte[] chunk = new byte[CHUNK];
            while (!inflater.finished()) {
                int count = inflater.inflate(chunk);
                if (count == 0 && inflater.needsInput()) {
                    throw damaged(null);
                }
                out.write(chunk, 0, count);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw damaged(e);
        } finally {
            inflater.end();
        }
    }

    private static IllegalStateException damaged(@Nullable Exception cause) {
        return new IllegalStateException("A stored document does not decompress: the database was damaged.", cause);
    }
}

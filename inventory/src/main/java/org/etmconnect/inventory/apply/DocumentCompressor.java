// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes the bytes that {@link DocumentCodec} reads. Safe for use by several threads; until it is closed, it holds native memory for
 * as many documents as were compressed at once.
 */
public final class DocumentCompressor implements AutoCloseable {

    /** Those not in use: making one takes longer than compressing a document. */
    private final Queue<ZstdCompressCtx> free = new ConcurrentLinkedQueue<>();

    /** With the newest dictionary. */
    public DocumentCompressor() {}

    /**
     * A document as it is stored.
     *
     * @param json of one document, in UTF-8
     * @param key the record's native key, with which most documents begin
     */
    public byte[] compress(byte[] json, String key) {
        byte[] kept = withoutKey(json, key);
        ZstdCompressCtx context = free.poll();
        if (context == null) {
            context = new ZstdCompressCtx();
            context.loadDict(DocumentDictionary.COMPRESSING);
            context.setMagicless(true);
            context.setDictID(false);
            context.setChecksum(false);
        }
        byte[] frame = context.compress(kept);
        free.add(context);
        byte[] stored = new byte[frame.length + 1];
        stored[0] = kept.length < json.length ? DocumentCodec.WITHOUT_KEY : DocumentCodec.WHOLE;
        System.arraycopy(frame, 0, stored, 1, frame.length);
        return stored;
    }

    /** What of the document is compressed: what follows its key; the same array if it does not begin with it. */
    public static byte[] withoutKey(byte[] json, String key) {
        byte[] beginning = beginning(key);
        return beginning.length <= json.length
                        && Arrays.equals(json, 0, beginning.length, beginning, 0, beginning.length)
                ? Arrays.copyOfRange(json, beginning.length, json.length)
                : json;
    }

    static byte[] beginning(String key) {
        return ("{\"externalAssetId\":\"" + key + "\"").getBytes(StandardCharsets.UTF_8);
    }

    /** Gives back what it holds; nothing may be compressed with it any more, nor at the same time. */
    @Override
    public void close() {
        for (ZstdCompressCtx context = free.poll(); context != null; context = free.poll()) {
            context.close();
        }
    }
}

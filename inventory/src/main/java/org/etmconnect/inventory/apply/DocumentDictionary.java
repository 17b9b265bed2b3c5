// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * What stored documents have in common, learned from many by {@code ./etm bench dictionary}. Never changed: what was compressed with
 * one dictionary is read with the same.
 */
final class DocumentDictionary {

    private static final String FILE = "documents-3.zdict";
    /** Above it, a document takes four times as long for 3 of 100 bytes. */
    private static final int LEVEL = 3;

    static final ZstdDictCompress COMPRESSING;
    static final ZstdDictDecompress DECOMPRESSING;

    static {
        byte[] dictionary = read();
        COMPRESSING = new ZstdDictCompress(dictionary, LEVEL);
        DECOMPRESSING = new ZstdDictDecompress(dictionary);
    }

    private DocumentDictionary() {}

    private static byte[] read() {
        try (InputStream file = DocumentDictionary.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException("The program lacks its file " + FILE + ". Build it anew.");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("The program's file " + FILE + " cannot be read", e);
        }
    }
}

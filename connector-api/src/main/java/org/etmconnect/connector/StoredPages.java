// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The pages that a fetch has stored. Safe for use by several threads, also while pages are added. */
public interface StoredPages {

    /** The pages of {@code stream} stored by now, ordered by key. */
    List<StoredPage> pages(String stream);

    /** The page {@code key} of {@code stream}, if it is stored. */
    Optional<StoredPage> page(String stream, String key);

    /**
     * The page's bytes as the vendor sent them, decompressed. The caller closes it.
     *
     * @throws IOException if the file is gone or does not decompress
     */
    InputStream open(StoredPage page) throws IOException;
}

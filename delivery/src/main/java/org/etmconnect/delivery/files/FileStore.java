// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import java.io.IOException;
import java.nio.file.Path;

/** Where files go. Whoever reads them there never sees half a file. */
public interface FileStore extends AutoCloseable {

    /** Where a file is written until it is whole. */
    Path draft(String name) throws IOException;

    /** Shows the whole file under its name, in place of an older one. The draft is gone afterwards. */
    void publish(String name, Path draft) throws IOException;

    /** Takes a file away, as far as that is allowed. */
    void remove(String name);

    /** What is there to be told about it, e.g. a directory. */
    String where();

    @Override
    void close();
}

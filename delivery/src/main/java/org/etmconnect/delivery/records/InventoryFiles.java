// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.records;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.etmconnect.delivery.DeliveryCounts;

/** Writes the whole inventory into a file of assets and one of findings, in a form that the caller knows. */
public final class InventoryFiles {

    private static final int BUFFER = 1 << 20;

    private final DataSource database;

    /** @param database the inventory */
    public InventoryFiles(DataSource database) {
        this.database = database;
    }

    /** Writes one asset and its findings. */
    public interface Form {
        /**
         * Writes them.
         *
         * @return how many findings it wrote
         */
        long write(AssetRecord asset, OutputStream assets, OutputStream findings) throws IOException;
    }

    /**
     * Writes both files; the streams stay open.
     *
     * @param definitions loaded with what each batch needs before it is written
     * @return how many assets and findings they hold
     * @throws UncheckedIOException if a stream cannot be written to
     */
    public DeliveryCounts write(
            Definitions<?> definitions, OutputStream assetFile, OutputStream findingFile, Form form) {
        long[] counts = new long[2];
        OutputStream assets = new BufferedOutputStream(assetFile, BUFFER);
        OutputStream findings = new BufferedOutputStream(findingFile, BUFFER);
        try {
            new InventoryReader(database)
                    .all(
                            (connection, batch) -> {
                                List<int[]> wanted = new ArrayList<>();
                                batch.forEach(
                                        record -> record.findings().forEach(open -> wanted.add(open.definitions())));
                                definitions.load(connection, wanted);
                                try {
                                    for (AssetRecord record : batch) {
                                        counts[0]++;
                                        counts[1] += form.write(record, assets, findings);
                                    }
                                } catch (IOException failure) {
                                    throw new UncheckedIOException(failure);
                                }
                            },
                            connection -> true);
            assets.flush();
            findings.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new DeliveryCounts(counts[0], 0, counts[0], counts[0], 0, 0, counts[1], 0, 0);
    }
}

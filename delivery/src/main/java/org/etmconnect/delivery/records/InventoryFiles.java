// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.records;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.etmconnect.delivery.DeliveryCounts;

/** Writes the whole inventory, assets and findings, in a form that the caller knows. */
public final class InventoryFiles {

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
        long write(AssetRecord asset) throws IOException;
    }

    /**
     * Writes all active assets.
     *
     * @param definitions loaded with what each batch needs before it is written
     * @return how many assets and findings were written
     * @throws UncheckedIOException if they cannot be written
     */
    public DeliveryCounts write(Definitions<?> definitions, Form form) {
        long[] counts = new long[2];
        new InventoryReader(database)
                .all(
                        (connection, batch) -> {
                            List<int[]> wanted = new ArrayList<>();
                            batch.forEach(record -> record.findings().forEach(open -> wanted.add(open.definitions())));
                            definitions.load(connection, wanted);
                            try {
                                for (AssetRecord record : batch) {
                                    counts[0]++;
                                    counts[1] += form.write(record);
                                }
                            } catch (IOException failure) {
                                throw new UncheckedIOException(failure);
                            }
                        },
                        connection -> true);
        return new DeliveryCounts(counts[0], 0, counts[0], counts[0], 0, 0, counts[1], 0, 0);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.io.IOException;
import java.io.OutputStream;
import org.etmconnect.delivery.ocsf.OcsfEvents.Part;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of events of one class.
 *
 * @param <P> a part of a finding in the file's own form
 */
interface EventFile<P> {

    /** A file of findings, to be written to a stream that stays open. */
    static EventFile<?> ofFindings(OcsfFormat format, OutputStream out) throws IOException {
        return switch (format) {
            case JSON_LINES -> new JsonEventFile(out);
            case PARQUET -> ParquetEventFile.ofFindings(out);
        };
    }

    /** A file of assets, to be written to a stream that stays open. */
    static EventFile<?> ofAssets(OcsfFormat format, OutputStream out) throws IOException {
        return switch (format) {
            case JSON_LINES -> new JsonEventFile(out);
            case PARQUET -> ParquetEventFile.ofAssets(out);
        };
    }

    /** Writes an event. */
    void write(ObjectNode event) throws IOException;

    /** Makes of a part what can be written many times. */
    P prepared(Part part);

    /** Writes the finding that these parts make up. */
    void write(P asset, P state, P definition, String uid) throws IOException;

    /** Writes the end; does not flush the stream. */
    void finish() throws IOException;
}

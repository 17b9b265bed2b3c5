// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Optional;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.MappedRecord;
import tools.jackson.databind.JsonNode;

/** Told of everything that is read and mapped, as it is; of hosts a batch before they are written. Used by one thread at a time. */
interface Watcher {

    /** A row of the vendor's answers that cannot be read. */
    void unreadable(RejectedRow row);

    /** A host, mapped or not. */
    void record(SourceRecord host, MappedRecord record);

    /**
     * A finding, mapped or not.
     *
     * @param nativeKey the host's, if the finding depends on it
     */
    void finding(Optional<String> nativeKey, MappedItem finding, JsonNode source);

    /** How many rows of the vendor's answers could not be read. */
    long unreadableRows();

    /** How many rows, hosts and findings could not be used. */
    long rejected();

    /** Everything was told by now. */
    void flush();
}

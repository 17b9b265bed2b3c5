// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.maps;

import java.util.List;

/** What came of deleting a transform map. */
public sealed interface MapDeletion {

    /** It is gone, with all its versions. */
    record Deleted() implements MapDeletion {}

    /** There is no such map. */
    record Missing() implements MapDeletion {}

    /**
     * Profiles use it; it stays.
     *
     * @param profiles each as {@code connection / profile}
     */
    record InUse(List<String> profiles) implements MapDeletion {
        public InUse {
            profiles = List.copyOf(profiles);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import org.etmconnect.connector.DataModel;

/** The target data model {@code ETM Host Asset}: a host asset with its findings. */
@SuppressWarnings("DoNotCallSuggester")
public final class EtmHostAsset {

    private EtmHostAsset() {}

    /**
     * The model, read from the resource {@code etm-host-asset.yaml}. Keys that Qualys names in its documentation are there to
     * the letter; keys that are inferred from search tokens say so in their description.
     */
    public static DataModel model() {
        throw new UnsupportedOperationException();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.io.Serial;

/** A value that cannot be brought to its type. The message is a sentence for the map's author. */
final class ConversionFault extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    // No stack trace: a bad column of a big tenant throws millions of these, and nobody reads where from.
    ConversionFault(String message) {
        super(message, null, false, false);
    }
}

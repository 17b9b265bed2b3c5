// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import org.jspecify.annotations.Nullable;

/** One row. Its values are computed when asked for. */
@FunctionalInterface
public interface Row {

    /**
     * The value of a column: a {@link String}, a {@link Number}, a {@link Timestamp}, {@link Texts}, or null if there
     * is none.
     */
    @Nullable
    Object get(String column);
}

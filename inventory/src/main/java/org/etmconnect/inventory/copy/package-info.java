// SPDX-License-Identifier: Apache-2.0
/** Bulk loading by PostgreSQL's {@code COPY} in its binary format. */
@NullMarked
package org.etmconnect.inventory.copy;

import org.jspecify.annotations.NullMarked;

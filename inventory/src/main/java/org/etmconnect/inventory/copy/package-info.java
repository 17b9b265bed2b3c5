// SPDX-License-Identifier: Apache-2.0
/** PostgreSQL's COPY in binary form. */
@NullMarked
package org.etmconnect.inventory.copy;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Queries that are kept by name. */
@NullMarked
package org.etmconnect.inventory.queries;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * A real PostgreSQL that the program starts for itself, for those who do not bring one of their own.
 */
@NullMarked
package org.etmconnect.inventory.embedded;

import org.jspecify.annotations.NullMarked;

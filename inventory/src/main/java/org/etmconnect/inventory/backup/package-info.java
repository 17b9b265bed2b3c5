// SPDX-License-Identifier: Apache-2.0
/** The whole database out into streams, and back. */
@NullMarked
package org.etmconnect.inventory.backup;

import org.jspecify.annotations.NullMarked;

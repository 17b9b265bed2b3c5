// SPDX-License-Identifier: Apache-2.0
/** Transform maps that people made, with all their versions. */
@NullMarked
package org.etmconnect.inventory.maps;

import org.jspecify.annotations.NullMarked;

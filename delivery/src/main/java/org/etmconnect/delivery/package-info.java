// SPDX-License-Identifier: Apache-2.0
/** Brings the inventory to destinations. */
@NullMarked
package org.etmconnect.delivery;

import org.jspecify.annotations.NullMarked;

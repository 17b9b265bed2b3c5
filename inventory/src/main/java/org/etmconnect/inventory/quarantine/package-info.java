// SPDX-License-Identifier: Apache-2.0
/** What runs could not use: kept with the reason, tried again, or put aside. */
@NullMarked
package org.etmconnect.inventory.quarantine;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Writing a run's mapped records into the inventory, batch by batch. */
@NullMarked
package org.etmconnect.inventory.apply;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** What changed, written down for event destinations in the transaction of the change. */
@NullMarked
package org.etmconnect.inventory.events;

import org.jspecify.annotations.NullMarked;

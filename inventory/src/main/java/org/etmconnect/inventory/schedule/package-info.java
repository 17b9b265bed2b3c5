// SPDX-License-Identifier: Apache-2.0
/** When profiles run: values that know their next instants, and nothing of clocks or threads. */
@NullMarked
package org.etmconnect.inventory.schedule;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The identification rules that people order, add and switch. */
@NullMarked
package org.etmconnect.inventory.rules;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Runs: their states, counts and log. */
@NullMarked
package org.etmconnect.inventory.runs;

import org.jspecify.annotations.NullMarked;

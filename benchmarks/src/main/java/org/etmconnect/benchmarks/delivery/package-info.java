// SPDX-License-Identifier: Apache-2.0
/** How fast the inventory is written to files. */
@NullMarked
package org.etmconnect.benchmarks.delivery;

import org.jspecify.annotations.NullMarked;

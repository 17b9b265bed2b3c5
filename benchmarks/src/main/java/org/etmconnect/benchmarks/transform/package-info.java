// SPDX-License-Identifier: Apache-2.0
/** Mapping alone: endpoint documents a second on one core. */
@NullMarked
package org.etmconnect.benchmarks.transform;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Runs a server for long and watches whether it grows. */
@NullMarked
package org.etmconnect.benchmarks.soak;

import org.jspecify.annotations.NullMarked;

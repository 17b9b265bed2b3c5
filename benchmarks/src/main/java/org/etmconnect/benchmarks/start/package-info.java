// SPDX-License-Identifier: Apache-2.0
/** How long the server takes until it answers. */
@NullMarked
package org.etmconnect.benchmarks.start;

import org.jspecify.annotations.NullMarked;

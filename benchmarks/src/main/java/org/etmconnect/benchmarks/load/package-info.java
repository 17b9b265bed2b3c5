// SPDX-License-Identifier: Apache-2.0
/** A sync beside many clients, half of them hostile. */
@NullMarked
package org.etmconnect.benchmarks.load;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The whole way from stored answers to committed rows, against what plain {@code COPY} takes. */
@NullMarked
package org.etmconnect.benchmarks.apply;

import org.jspecify.annotations.NullMarked;

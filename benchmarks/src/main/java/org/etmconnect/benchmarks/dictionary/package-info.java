// SPDX-License-Identifier: Apache-2.0
/** {@code ./etm bench dictionary}: what stored documents have in common, and how small it makes them. */
@NullMarked
package org.etmconnect.benchmarks.dictionary;

import org.jspecify.annotations.NullMarked;

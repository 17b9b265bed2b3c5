// SPDX-License-Identifier: Apache-2.0
/** Every benchmark once, small, so that none rots. */
@NullMarked
package org.etmconnect.benchmarks.smoke;

import org.jspecify.annotations.NullMarked;

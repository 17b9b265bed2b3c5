// SPDX-License-Identifier: Apache-2.0
/** Whole runs against a simulated tenant that allows so many requests a second and answers late. */
@NullMarked
package org.etmconnect.benchmarks.sync;

import org.jspecify.annotations.NullMarked;

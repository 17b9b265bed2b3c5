// SPDX-License-Identifier: Apache-2.0
/** What a user would pick instead, beside us: the same hosts and findings of the same tenant. */
@NullMarked
package org.etmconnect.benchmarks.baselines;

import org.jspecify.annotations.NullMarked;

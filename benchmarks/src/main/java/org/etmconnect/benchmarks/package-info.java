// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.benchmarks;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Which layout of the findings in PostgreSQL is the best, measured through JDBC. */
@NullMarked
package org.etmconnect.benchmarks.layout;

import org.jspecify.annotations.NullMarked;

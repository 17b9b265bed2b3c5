// SPDX-License-Identifier: Apache-2.0
/** Runs over REST. */
@NullMarked
package org.etmconnect.server.runs;

import org.jspecify.annotations.NullMarked;

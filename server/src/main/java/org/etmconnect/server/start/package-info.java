// SPDX-License-Identifier: Apache-2.0
/** From options to a running server: data directory, database, wiring. */
@NullMarked
package org.etmconnect.server.start;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Who takes which connections to the database, so that runs and requests do not wait for one another. */
@NullMarked
package org.etmconnect.server.database;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Hands out the web console's files. */
@NullMarked
package org.etmconnect.server.console;

import org.jspecify.annotations.NullMarked;

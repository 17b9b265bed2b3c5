// SPDX-License-Identifier: Apache-2.0
/** Who calls, by token or session; what they may do; and the log of what they did. */
@NullMarked
package org.etmconnect.server.security;

import org.jspecify.annotations.NullMarked;

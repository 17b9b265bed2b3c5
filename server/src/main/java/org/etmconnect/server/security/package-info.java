// SPDX-License-Identifier: Apache-2.0
/** Who may call: the API token. */
@NullMarked
package org.etmconnect.server.security;

import org.jspecify.annotations.NullMarked;

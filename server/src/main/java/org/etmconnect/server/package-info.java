// SPDX-License-Identifier: Apache-2.0
/** The application: {@link org.etmconnect.server.EtmServer} is its program. */
@NullMarked
package org.etmconnect.server;

import org.jspecify.annotations.NullMarked;

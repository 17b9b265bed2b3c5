// SPDX-License-Identifier: Apache-2.0
/** The HTTP library as whoever calls out of this server uses it: guarded against forbidden addresses, and discreet. */
@NullMarked
package org.etmconnect.http;

import org.jspecify.annotations.NullMarked;

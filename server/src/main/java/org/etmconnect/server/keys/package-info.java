// SPDX-License-Identifier: Apache-2.0
/** The keys that credentials are encrypted with, over REST: never the keys themselves. */
@NullMarked
package org.etmconnect.server.keys;

import org.jspecify.annotations.NullMarked;

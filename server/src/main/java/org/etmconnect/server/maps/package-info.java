// SPDX-License-Identifier: Apache-2.0
/** Data models and transform maps over REST: saving, comparing and trying them. */
@NullMarked
package org.etmconnect.server.maps;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The inventory's state in a few figures. */
@NullMarked
package org.etmconnect.server.overview;

import org.jspecify.annotations.NullMarked;

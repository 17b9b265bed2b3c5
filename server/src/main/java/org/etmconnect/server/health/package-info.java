// SPDX-License-Identifier: Apache-2.0
/** Health and the API's description. */
@NullMarked
package org.etmconnect.server.health;

import org.jspecify.annotations.NullMarked;

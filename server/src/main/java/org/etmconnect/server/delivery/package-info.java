// SPDX-License-Identifier: Apache-2.0
/** Destinations and deliveries over REST. */
@NullMarked
package org.etmconnect.server.delivery;

import org.jspecify.annotations.NullMarked;

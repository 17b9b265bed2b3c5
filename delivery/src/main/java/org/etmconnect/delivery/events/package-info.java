// SPDX-License-Identifier: Apache-2.0
/** Tells event destinations what changed, as CloudEvents, in order and at least once. */
@NullMarked
package org.etmconnect.delivery.events;

import org.jspecify.annotations.NullMarked;

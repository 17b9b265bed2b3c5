// SPDX-License-Identifier: Apache-2.0
/** Delivery into a Qualys subscription by the third-party asset import. */
@NullMarked
package org.etmconnect.delivery.qualys;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** The inventory as destinations are given it: one record for each active asset, with its open findings. */
@NullMarked
package org.etmconnect.delivery.records;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** One asset in full: its sources, how it was identified, its findings' counts. */
@NullMarked
package org.etmconnect.inventory.assets;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** How long queries take over an inventory of the size the product is made for. */
@NullMarked
package org.etmconnect.benchmarks.qql;

import org.jspecify.annotations.NullMarked;

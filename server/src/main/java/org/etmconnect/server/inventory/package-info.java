// SPDX-License-Identifier: Apache-2.0
/** Assets and findings over REST. */
@NullMarked
package org.etmconnect.server.inventory;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.inventory;

import org.jspecify.annotations.NullMarked;

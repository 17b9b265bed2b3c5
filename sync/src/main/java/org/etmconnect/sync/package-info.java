// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.sync;

import org.jspecify.annotations.NullMarked;

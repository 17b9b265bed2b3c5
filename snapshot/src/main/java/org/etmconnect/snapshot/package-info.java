// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.snapshot;

import org.jspecify.annotations.NullMarked;

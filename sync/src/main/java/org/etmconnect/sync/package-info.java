// SPDX-License-Identifier: Apache-2.0
/** A run from start to end: fetch, seal, join, transform, identify, apply, close; and going on with one that was cut off. */
@NullMarked
package org.etmconnect.sync;

import org.jspecify.annotations.NullMarked;

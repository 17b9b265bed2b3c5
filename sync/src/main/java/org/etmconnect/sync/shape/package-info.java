// SPDX-License-Identifier: Apache-2.0
/** What the vendor's answers look like: learned by each run, and compared with what earlier runs and the documents say. */
@NullMarked
package org.etmconnect.sync.shape;

import org.jspecify.annotations.NullMarked;

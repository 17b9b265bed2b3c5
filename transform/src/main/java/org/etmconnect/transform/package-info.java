// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.transform;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.query;

import org.jspecify.annotations.NullMarked;

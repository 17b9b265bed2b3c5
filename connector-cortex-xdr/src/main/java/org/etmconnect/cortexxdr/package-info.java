// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.cortexxdr;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.server;

import org.jspecify.annotations.NullMarked;

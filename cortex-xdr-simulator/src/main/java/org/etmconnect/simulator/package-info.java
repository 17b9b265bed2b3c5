// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.simulator;

import org.jspecify.annotations.NullMarked;

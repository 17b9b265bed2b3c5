// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.etmconnect.cli;

import org.jspecify.annotations.NullMarked;

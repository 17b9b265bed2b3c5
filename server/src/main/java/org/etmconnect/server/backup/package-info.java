// SPDX-License-Identifier: Apache-2.0
/** The whole server in one file, written while it runs. */
@NullMarked
package org.etmconnect.server.backup;

import org.jspecify.annotations.NullMarked;

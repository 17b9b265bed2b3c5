// SPDX-License-Identifier: Apache-2.0
/** What the server runs on. */
@NullMarked
package org.etmconnect.server.system;

import org.jspecify.annotations.NullMarked;

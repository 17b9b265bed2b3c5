// SPDX-License-Identifier: Apache-2.0
/** Errors as problem documents (RFC 9457). */
@NullMarked
package org.etmconnect.server.problem;

import org.jspecify.annotations.NullMarked;

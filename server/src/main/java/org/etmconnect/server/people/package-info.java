// SPDX-License-Identifier: Apache-2.0
/** Users, signing in, tokens of programs, and the pages of the audit log. */
@NullMarked
package org.etmconnect.server.people;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** People, the tokens of their programs, and the log of what they did, in the database. */
@NullMarked
package org.etmconnect.inventory.people;

import org.jspecify.annotations.NullMarked;

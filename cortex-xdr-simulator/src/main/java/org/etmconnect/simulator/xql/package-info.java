// SPDX-License-Identifier: Apache-2.0
/** The part of the query language XQL that a client of vulnerability data needs: parse, plan, and run row by row. */
@NullMarked
package org.etmconnect.simulator.xql;

import org.jspecify.annotations.NullMarked;

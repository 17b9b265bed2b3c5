// SPDX-License-Identifier: Apache-2.0
/** Pages of assets and findings by QQL, out of PostgreSQL. */
@NullMarked
package org.etmconnect.query;

import org.jspecify.annotations.NullMarked;

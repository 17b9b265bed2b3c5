// SPDX-License-Identifier: Apache-2.0
/**
 * QQL, the query language of Qualys consoles: text to a typed tree and back, the tokens it knows, and what to say when a
 * query cannot be read. Pure values; nothing here knows of a database.
 */
@NullMarked
package org.etmconnect.query.syntax;

import org.jspecify.annotations.NullMarked;

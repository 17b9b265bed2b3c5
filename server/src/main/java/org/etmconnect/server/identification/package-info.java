// SPDX-License-Identifier: Apache-2.0
/** Routes for identification rules, and for what people decide about which records are one host. */
@NullMarked
package org.etmconnect.server.identification;

import org.jspecify.annotations.NullMarked;

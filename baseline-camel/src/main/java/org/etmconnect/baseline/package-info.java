// SPDX-License-Identifier: Apache-2.0
/** Hosts and vulnerabilities into PostgreSQL by Apache Camel, to compare with. */
@org.jspecify.annotations.NullMarked
package org.etmconnect.baseline;

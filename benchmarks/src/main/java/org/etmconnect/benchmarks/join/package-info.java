// SPDX-License-Identifier: Apache-2.0
/** Turning the hosts of each CVE round into the CVEs of each host. */
@NullMarked
package org.etmconnect.benchmarks.join;

import org.jspecify.annotations.NullMarked;

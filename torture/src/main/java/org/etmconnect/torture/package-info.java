// SPDX-License-Identifier: Apache-2.0
/**
 * The fault suite: runs over a simulated tenant that misbehaves, on an engine or a server that is killed, and after it the
 * inventory that a history without any of that would have left.
 */
@NullMarked
package org.etmconnect.torture;

import org.jspecify.annotations.NullMarked;

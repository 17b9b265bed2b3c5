// SPDX-License-Identifier: Apache-2.0
/** Connectors, connections and profiles over REST. */
@NullMarked
package org.etmconnect.server.connections;

import org.jspecify.annotations.NullMarked;

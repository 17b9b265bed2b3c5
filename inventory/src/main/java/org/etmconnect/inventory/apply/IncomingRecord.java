// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One host as a run found it, mapped.
 *
 * @param nativeKey the connection's key of the host; not blank
 * @param asset the mapped document, without findings
 * @param definitions ids of the definitions it has, in any order; empty if the run does not know them, which leaves the
 *     host's findings as they are
 */
public record IncomingRecord(String nativeKey, ObjectNode asset, Optional<int[]> definitions) {}

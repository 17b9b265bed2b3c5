// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import tools.jackson.databind.node.ObjectNode;

/**
 * What findings of one vulnerability share, mapped.
 *
 * @param externalFindingId the vendor's key of it, e.g. the CVE id; not blank
 * @param variant the host's native key where the map makes the finding depend on the host; else empty
 * @param finding the mapped finding, as an element of {@code finding[]}
 */
public record IncomingDefinition(String externalFindingId, String variant, ObjectNode finding) {}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.maps;

import java.time.Instant;

/**
 * One save of a transform map.
 *
 * @param name the map's name
 * @param version from 1, ascending
 * @param yaml the map's text as it was saved
 * @param author who saved it
 * @param comment why; may be empty
 * @param createdAt when, UTC
 */
public record MapVersion(String name, int version, String yaml, String author, String comment, Instant createdAt) {}

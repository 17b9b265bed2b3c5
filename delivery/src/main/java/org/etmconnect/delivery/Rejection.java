// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.util.Optional;

/**
 * An asset that a destination did not take.
 *
 * @param key what it was sent under
 * @param name the asset's name, if it has one
 * @param reason in the destination's words, where it gave any
 */
public record Rejection(String key, Optional<String> name, String reason) {}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.time.Instant;
import java.util.Optional;

/**
 * What came of reading a destination's findings back after a delivery.
 *
 * @param query what was asked there
 * @param expected open findings of the inventory, one for each asset and finding id
 * @param found how many findings the destination has for the query; empty if it could not be asked
 * @param at when it was asked
 * @param failure why it could not be asked, and what to do
 */
public record Verification(String query, long expected, Optional<Long> found, Instant at, Optional<String> failure) {}

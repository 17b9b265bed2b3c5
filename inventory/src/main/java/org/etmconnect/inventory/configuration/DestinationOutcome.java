// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.configuration;

/** What came of writing a destination. */
public sealed interface DestinationOutcome {

    /** It is stored. */
    record Saved(SavedDestination destination) implements DestinationOutcome {}

    /** It is gone, with its credentials, its deliveries and what is known of what it holds. */
    record Deleted() implements DestinationOutcome {}

    /** Another destination has that name. Nothing was stored. */
    record NameTaken(String name) implements DestinationOutcome {}

    /** There is no destination with that id, perhaps no longer. */
    record Missing() implements DestinationOutcome {}

    /** It is being delivered to. Nothing was deleted. */
    record Delivering(int deliveryId) implements DestinationOutcome {}
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

/** How a change of a person ended. */
public sealed interface PersonOutcome {

    /** Done; {@code person} as it is since, or as it was if it was deleted. */
    record Saved(Person person) implements PersonOutcome {}

    /** Somebody has this name already. */
    record NameTaken(String name) implements PersonOutcome {}

    /** There is no such person. */
    record Missing(int id) implements PersonOutcome {}

    /** Nothing was changed: nobody could manage the server any more. */
    record LastManager(String name) implements PersonOutcome {}
}

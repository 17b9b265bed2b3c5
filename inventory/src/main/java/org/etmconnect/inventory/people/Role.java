// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

/** What somebody may do. The later ones may do all that the earlier ones may. */
public enum Role {
    /** Reads everything but users, tokens and the audit log. */
    VIEWER,
    /** Reads and changes everything. */
    MANAGER;

    /** Whether somebody with this role may do what needs {@code needed}. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }

    /** The one of the two that may do less. */
    public Role atMost(Role other) {
        return covers(other) ? other : this;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import org.etmconnect.inventory.people.Role;
import org.springframework.web.util.pattern.PathPattern;

/**
 * An operation of the API's description.
 *
 * @param id its operationId
 * @param method upper case
 * @param path with its variables
 * @param access who may call it
 * @param audited whether calls are written to the audit log
 */
public record Operation(String id, String method, PathPattern path, Access access, boolean audited) {

    /** Who may call an operation. */
    public enum Access {
        /** Everybody, also who is not known. */
        OPEN,
        /** Everybody who was let in. */
        VIEWER,
        /** Managers. */
        MANAGER;

        /** Whether somebody with this role may. */
        public boolean allows(Role role) {
            return switch (this) {
                case OPEN, VIEWER -> true;
                case MANAGER -> role == Role.MANAGER;
            };
        }
    }
}

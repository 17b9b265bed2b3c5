// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.util.Set;
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
 * @param lists parameters of its query that may stand there more than once
 */
public record Operation(String id, String method, PathPattern path, Access access, boolean audited, Set<String> lists) {

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

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.people.AuditEntry;
import org.etmconnect.inventory.people.AuditStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Writes the audit log. Safe for use by several threads. */
@Component
public final class AuditTrail {

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);

    private final AuditStore store;

    AuditTrail(AuditStore store) {
        this.store = store;
    }

    /** Adds what was done. It is done already, so a database that fails is told to the server's log. */
    public void add(AuditEntry.Action action) {
        try {
            store.append(action);
        } catch (DatabaseException failure) {
            LOG.error(
                    "The audit log misses an entry: {} did {} to {} from {}, status {}",
                    action.actor(),
                    action.operation(),
                    action.object(),
                    action.address(),
                    action.status(),
                    failure);
        }
    }
}

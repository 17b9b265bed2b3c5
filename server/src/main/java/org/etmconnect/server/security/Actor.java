// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

/** Who is acting: to be written beside what is made or changed. Safe for use by several threads. */
public interface Actor {

    /**
     * Who the request at hand comes from: a user's name, {@code token NAME}, or {@code local} for the server's own token.
     * Outside of requests, as in a schedule, {@code system}.
     */
    String name();
}

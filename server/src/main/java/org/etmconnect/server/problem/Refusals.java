// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

/** Is told of requests that were refused before anybody knew whose they are. Safe for use by several threads. */
public interface Refusals {

    /**
     * Notes that somebody was refused.
     *
     * @param why like {@code a request that cannot be read}, without anything that was sent
     * @param address where the request came from
     */
    void add(String why, String address);
}

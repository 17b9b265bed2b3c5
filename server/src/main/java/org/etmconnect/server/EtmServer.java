// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

/** Stub. */
public final class EtmServer {
    private EtmServer() {}

    public static void main(String[] arguments) {}
}

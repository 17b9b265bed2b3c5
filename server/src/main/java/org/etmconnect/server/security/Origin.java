// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Where requests come from, as limits count it. */
public final class Origin {

    private static final int NETWORK_BYTES = 8;

    private Origin() {}

    /** Of an address: itself, or its /64, since whoever has one address of an IPv6 network has all of them. */
    public static String of(String address) {
        try {
            return InetAddress.ofLiteral(address) instanceof Inet6Address six
                    ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), NETWORK_BYTES)) + "/64"
                    : address;
        } catch (IllegalArgumentException foreign) {
            return address;
        }
    }
}

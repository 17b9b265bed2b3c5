// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "224.0.0.1",
                "255.255.255.255",
                "198.19.0.1",
                "::1",
                "::",
                "fe80::1",
                "fd12:3456::1",
                "fc00::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b::169.254.169.254",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "2001:0:53aa:64c::1",
                "2001:db8::1"
            })
    void whatIsNotTheInternetIsRefused(String address) {
        assertThat(Targets.internet().allow("host.example", InetAddress.ofLiteral(address)))
                .isFalse();
        assertThat(Targets.everywhere().allow("host.example", InetAddress.ofLiteral(address)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "169.253.255.255",
                "2606:4700::1111",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1"
            })
    void theInternetIsAllowed(String address) {
        assertThat(Targets.internet().allow("host.example", InetAddress.ofLiteral(address)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"})
    void anAllowedNetworkIsAllowedInEachOfItsSpellings(String address) {
        Targets targets = Targets.internetAnd(List.of("10.1.0.0/16"));

        assertThat(targets.allow("host.example", InetAddress.ofLiteral(address)))
                .isTrue();
        assertThat(targets.allow("host.example", InetAddress.ofLiteral("10.2.0.1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim.lab.example", "SIM.lab.example", "sim.lab.example."})
    void anAllowedNameMayLeadAnywhere(String host) {
        Targets targets = Targets.internetAnd(List.of("Sim.Lab.example"));

        assertThat(targets.allow(host, InetAddress.ofLiteral("10.0.0.1"))).isTrue();
        assertThat(targets.allow("evil." + host, InetAddress.ofLiteral("10.0.0.1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0", "fd00::/129", "a b", "http://x", "-x", "x/8"})
    void whatIsNeitherNameNorNetworkIsRefused(String wrong) {
        assertThatThrownBy(() -> Targets.internetAnd(List.of(wrong)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + wrong + "\"");
    }

    @Property
    void aNetworkHoldsAnAddressExactlyIfTheirLeadingBitsAreEqual(
            @ForAll @Size(4) byte[] first, @ForAll @Size(4) byte[] second, @ForAll @IntRange(max = 32) int bits)
            throws UnknownHostException {
        Targets.Network network = new Targets.Network(InetAddress.getByAddress(first), bits);
        long mask = bits == 0 ? 0 : 0xffffffffL << (32 - bits);

        assertThat(network.contains(second)).isEqualTo((number(first) & mask) == (number(second) & mask));
    }

    private static long number(byte[] bytes) {
        return java.nio.ByteBuffer.wrap(bytes).getInt() & 0xffffffffL;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which addresses a connector may call. A server that calls what its users enter could else be made to call into the
 * network it stands in: its own services, neighbours, a cloud's metadata service. Immutable, comparable by value.
 *
 * @param anywhere whether every address is allowed
 * @param hosts names that are allowed wherever they lead, lower case
 * @param networks addresses that are allowed
 */
public record Targets(boolean anywhere, Set<String> hosts, List<Network> networks) {

    /**
     * A range of addresses.
     *
     * @param address its first address, or another one in it
     * @param bits how many leading bits are the network's
     */
    public record Network(InetAddress address, int bits) {

        /**
         * Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a single address.
         *
         * @throws IllegalArgumentException if it is neither; no name is looked up
         */
        public static Network parse(String text) {
            int slash = text.indexOf('/');
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int length = address.getAddress().length * Byte.SIZE;
            int bits = slash < 0 ? length : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > length) {
                throw new IllegalArgumentException(text + " has no prefix length from 0 to " + length);
            }
            return new Network(address, bits);
        }

        @Override
        public String toString() {
            return address.getHostAddress() + "/" + bits;
        }

        boolean contains(byte[] other) {
            byte[] own = address.getAddress();
            if (own.length != other.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(own, 0, whole, other, 0, whole)
                    && (rest == 0 || ((own[whole] ^ other[whole]) & 0xff) >>> (Byte.SIZE - rest) == 0);
        }
    }

    /** What is not the internet, by the IANA's special-purpose address registries. */
    private static final List<Network> SPECIAL = networks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            "::/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8");

    private static final int IPV6_BYTES = 16;

    /** Where an IPv6 address of such a network holds the IPv4 address that it leads to. */
    private record Embedding(Network network, int offset) {}

    private static final List<Embedding> EMBEDDINGS =
            List.of(new Embedding(Network.parse("64:ff9b::/96"), 12), new Embedding(Network.parse("2002::/16"), 2));

    public Targets {
        hosts = Set.copyOf(hosts);
        networks = List.copyOf(networks);
    }

    /** Every address, as in a test on this machine. */
    public static Targets everywhere() {
        return new Targets(true, Set.of(), List.of());
    }

    /** The internet alone. */
    public static Targets internet() {
        return new Targets(false, Set.of(), List.of());
    }

    /**
     * The internet, and besides what {@code allowed} lists: host names, addresses, networks like {@code 10.1.0.0/16}.
     *
     * @throws IllegalArgumentException if one is none of these; the message names it
     */
    public static Targets internetAnd(List<String> allowed) {
        Set<String> hosts = new TreeSet<>();
        List<Network> networks = new ArrayList<>();
        for (String each : allowed) {
            String text = each.strip().toLowerCase(Locale.ROOT);
            if (text.matches("\\d+(\\.\\d+){3}(/\\d{1,2})?") || text.contains(":")) {
                networks.add(network(each, text));
            } else if (text.matches("[0-9.]+")) {
                throw new IllegalArgumentException("\"" + each + "\" is no whole address");
            } else if (text.matches("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")) {
                hosts.add(text);
            } else {
                throw new IllegalArgumentException("\"" + each + "\" is no host name, address or network");
            }
        }
        return new Targets(false, hosts, networks);
    }

    private static Network network(String typed, String text) {
        try {
            return Network.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "\"" + typed + "\" is no address and no network like 10.1.0.0/16", wrong);
        }
    }

    /** What is allowed besides the internet, for people. */
    public List<String> allowed() {
        List<String> texts = new ArrayList<>(anywhere ? List.of("every address") : hosts);
        networks.forEach(network -> texts.add(network.toString()));
        return texts;
    }

    /** Whether a call to {@code host}, which leads to {@code address}, may be made. */
    public boolean allow(String host, InetAddress address) {
        if (anywhere || hosts.contains(plain(host))) {
            return true;
        }
        byte[] bytes = address.getAddress();
        return isIn(networks, bytes)
                || (!isIn(SPECIAL, bytes)
                        && embedded(bytes).map(this::allowEmbedded).orElse(true));
    }

    private boolean allowEmbedded(byte[] bytes) {
        return isIn(networks, bytes) || !isIn(SPECIAL, bytes);
    }

    private static Optional<byte[]> embedded(byte[] bytes) {
        return bytes.length < IPV6_BYTES
                ? Optional.empty()
                : EMBEDDINGS.stream()
                        .filter(each -> each.network().contains(bytes))
                        .map(each -> Arrays.copyOfRange(bytes, each.offset(), each.offset() + Integer.BYTES))
                        .findFirst();
    }

    private static boolean isIn(List<Network> networks, byte[] address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    /** Without the dot at the end of a complete name. */
    private static String plain(String host) {
        String text = host.toLowerCase(Locale.ROOT);
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static List<Network> networks(String... texts) {
        return Arrays.stream(texts).map(Network::parse).toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Drops values that identify nobody: virtual and locally administered MACs, reserved and link-local addresses,
 * placeholder and address-encoding host names. Qualys names the same kinds as ignored by its asset identification.
 */
final class IdentifyingValues {

    private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

    /** Makers of virtual machines: such a MAC is copied with the machine's image. */
    private static final List<String> VIRTUAL_MAC_PREFIXES = List.of(
            "00:05:69",
            "00:0c:29",
            "00:1c:14",
            "00:50:56", // VMware
            "00:15:5d", // Hyper-V
            "00:16:3e", // Xen
            "00:1c:42", // Parallels
            "08:00:27",
            "0a:00:27" // VirtualBox
            );

    private static final Pattern NAME_WITH_ADDRESS =
            Pattern.compile("(ip|host|ec2|vm)?[-_.]?\\d{1,3}([-_.])\\d{1,3}\\2\\d{1,3}\\2\\d{1,3}");

    private static final Set<String> PLACEHOLDER_NAMES = Set.of(
            "localhost",
            "localhost.localdomain",
            "localhost4",
            "localhost6",
            "unknown",
            "none",
            "null",
            "n/a",
            "host",
            "hostname",
            "computer",
            "desktop",
            "laptop",
            "server",
            "workstation",
            "default",
            "test",
            "template",
            "ubuntu",
            "debian",
            "kali",
            "raspberrypi",
            "android",
            "iphone",
            "ipad",
            "macbook",
            "macbook-pro",
            "macbook-air");

    private static final Set<String> PLACEHOLDER_DOMAINS =
            Set.of("workgroup", "local", "localdomain", "lan", "home", "unknown", "none", "null", "n/a");

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private IdentifyingValues() {}

    static Set<String> cloudInstances(Collection<String> values) {
        return normalised(values, text -> text.toLowerCase(Locale.ROOT), text -> !PLACEHOLDER_NAMES.contains(text));
    }

    static Set<String> macAddresses(Collection<String> values) {
        return normalised(
                values, text -> text.toLowerCase(Locale.ROOT).replace('-', ':'), IdentifyingValues::identifyingMac);
    }

    private static boolean identifyingMac(String mac) {
        if (!MAC.matcher(mac).matches() || mac.equals("00:00:00:00:00:00")) {
            return false;
        }
        int firstOctet = Integer.parseInt(mac.substring(0, 2), 16);
        boolean multicast = (firstOctet & 1) != 0;
        boolean locallyAdministered = (firstOctet & 2) != 0;
        return !multicast
                && !locallyAdministered
                && VIRTUAL_MAC_PREFIXES.stream().noneMatch(mac::startsWith);
    }

    static Set<String> hostNames(Collection<String> values) {
        return normalised(
                values,
                text -> text.toLowerCase(Locale.ROOT),
                text -> !PLACEHOLDER_NAMES.contains(text)
                        && !NAME_WITH_ADDRESS.matcher(text).matches()
                        && !IPV4.matcher(text).matches());
    }

    static Set<String> domains(Collection<String> values) {
        return normalised(values, text -> text.toLowerCase(Locale.ROOT), text -> !PLACEHOLDER_DOMAINS.contains(text));
    }

    static Set<String> words(Collection<String> values) {
        return normalised(values, text -> text.toLowerCase(Locale.ROOT), text -> true);
    }

    static Set<String> addresses(Collection<String> values) {
        return normalised(values, text -> text.toLowerCase(Locale.ROOT), IdentifyingValues::identifyingAddress);
    }

    private static boolean identifyingAddress(String address) {
        if (IPV4.matcher(address).matches()) {
            return !(address.startsWith("0.")
                    || address.startsWith("127.")
                    || address.startsWith("169.254.")
                    || address.startsWith("172.17.") // Docker's default bridge
                    || address.startsWith("192.0.2.")
                    || address.startsWith("198.51.100.")
                    || address.startsWith("203.0.113.")
                    || Integer.parseInt(address.substring(0, address.indexOf('.'))) >= 224);
        }
        return address.contains(":")
                && !(address.equals("::")
                        || address.equals("::1")
                        || address.startsWith("fe8")
                        || address.startsWith("fe9")
                        || address.startsWith("fea")
                        || address.startsWith("feb")
                        || address.startsWith("ff"));
    }

    private static Set<String> normalised(
            Collection<String> values, UnaryOperator<String> normalise, Predicate<String> identifies) {
        Set<String> kept = new LinkedHashSet<>();
        for (String value : values) {
            String text = normalise.apply(value.strip());
            if (!text.isEmpty() && identifies.test(text)) {
                kept.add(text);
            }
        }
        return kept;
    }
}

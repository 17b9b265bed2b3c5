// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.etmconnect.connector.Targets;

/**
 * Looks up names, and gives out no address that may not be called. The HTTP library connects to what it gets from here
 * and looks up nothing a second time, so a name cannot lead elsewhere after it was checked.
 */
public final class GuardedNames implements DnsResolver {

    private final Targets targets;
    private final DnsResolver names;

    GuardedNames(Targets targets) {
        this(targets, SystemDefaultDnsResolver.INSTANCE);
    }

    GuardedNames(Targets targets, DnsResolver names) {
        this.targets = targets;
        this.names = names;
    }

    /** The host leads to where no call may go. */
    public static final class ForbiddenTarget extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        ForbiddenTarget(String message) {
            super(message);
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = names.resolve(host);
        for (InetAddress address : addresses) {
            if (!targets.allow(host, address)) {
                throw new ForbiddenTarget(refusal(host, address));
            }
        }
        return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return names.resolveCanonicalHostname(host);
    }

    /** Why {@code host} may not be called; empty if it may, and also if this machine does not know the name. */
    public static Optional<String> refusal(Targets targets, String host) {
        if (targets.anywhere()) {
            return Optional.empty();
        }
        try {
            new GuardedNames(targets).resolve(host);
            return Optional.empty();
        } catch (ForbiddenTarget forbidden) {
            return Optional.of(String.valueOf(forbidden.getMessage()));
        } catch (UnknownHostException unknown) {
            return Optional.empty();
        }
    }

    private static String refusal(String host, InetAddress address) {
        String literal = address.getHostAddress();
        String leads = host.equals(literal) ? host + " is" : host + " leads to " + literal + ", which is";
        return leads + " not an address on the internet, and this server calls no others.";
    }

    /** What to do about a refusal. */
    public static String fix(String host) {
        return "Check what was entered. If it is meant, the server's operator can allow it: --allow-private-targets "
                + host.replaceAll("[\\[\\]]", "") + ".";
    }
}

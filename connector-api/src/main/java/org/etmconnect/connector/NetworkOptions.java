// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.time.Duration;
import java.util.Optional;

/**
 * How a connection reaches its vendor.
 *
 * @param proxy the HTTP proxy to go through, if any
 * @param caCertificatesPem certificates to trust beside the JVM's own, as PEM text, if any
 * @param connectTimeout how long to wait for a connection; positive
 * @param responseTimeout how long the vendor may stay silent, before and within a response; positive
 * @param requestsPerSecond the budget of requests to this vendor over all calls; greater than 0
 * @param parallelRequests how many requests may be under way at once; at least 1
 * @param allowPlainHttp whether {@code http://} is accepted, as for a simulator on this machine
 * @param targets which addresses may be called
 */
public record NetworkOptions(
        Optional<Proxy> proxy,
        Optional<String> caCertificatesPem,
        Duration connectTimeout,
        Duration responseTimeout,
        double requestsPerSecond,
        int parallelRequests,
        boolean allowPlainHttp,
        Targets targets) {

    /**
     * An HTTP proxy.
     *
     * @param host name or address
     * @param port 1 to 65535
     * @param user for proxies that ask who calls, if any
     * @param password for that user, if any
     */
    public record Proxy(String host, int port, Optional<String> user, Optional<Secret> password) {}

    public NetworkOptions {
        if (!(requestsPerSecond > 0)) {
            throw new IllegalArgumentException("requestsPerSecond must be greater than 0, was " + requestsPerSecond);
        }
        if (parallelRequests < 1) {
            throw new IllegalArgumentException("parallelRequests must be at least 1, was " + parallelRequests);
        }
    }

    /** Options under which every address may be called. */
    public NetworkOptions(
            Optional<Proxy> proxy,
            Optional<String> caCertificatesPem,
            Duration connectTimeout,
            Duration responseTimeout,
            double requestsPerSecond,
            int parallelRequests,
            boolean allowPlainHttp) {
        this(
                proxy,
                caCertificatesPem,
                connectTimeout,
                responseTimeout,
                requestsPerSecond,
                parallelRequests,
                allowPlainHttp,
                Targets.everywhere());
    }

    /** No proxy, the JVM's certificates, 10 s to connect, 60 s of silence, 8 requests a second, 8 at once, https only. */
    public static NetworkOptions defaults() {
        return new NetworkOptions(
                Optional.empty(), Optional.empty(), Duration.ofSeconds(10), Duration.ofSeconds(60), 8, 8, false);
    }

    /** The same with another answer to whether plain http is accepted. */
    public NetworkOptions withPlainHttp(boolean allowed) {
        return new NetworkOptions(
                proxy,
                caCertificatesPem,
                connectTimeout,
                responseTimeout,
                requestsPerSecond,
                parallelRequests,
                allowed,
                targets);
    }

    /** The same with other addresses that may be called. */
    public NetworkOptions withTargets(Targets allowed) {
        return new NetworkOptions(
                proxy,
                caCertificatesPem,
                connectTimeout,
                responseTimeout,
                requestsPerSecond,
                parallelRequests,
                allowPlainHttp,
                allowed);
    }

    /** The same with another request budget. */
    public NetworkOptions withBudget(double perSecond, int parallel) {
        return new NetworkOptions(
                proxy,
                caCertificatesPem,
                connectTimeout,
                responseTimeout,
                perSecond,
                parallel,
                allowPlainHttp,
                targets);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.etmconnect.connector.NetworkOptions.Proxy;
import org.etmconnect.http.GuardedNames;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns everything that can go wrong with a call into a {@link Fault}, once, here. The vendor answers 500 also for what
 * is no fault of its servers (too many queries at once, used-up quota, a query that does not parse), so the text counts
 * before the status (Cortex XDR API reference, error codes; texts as recorded from tenants).
 */
final class FaultReader {

    private static final int QUOTED_CHARACTERS = 300;

    private final String host;
    private final Optional<Proxy> proxy;
    private final JsonMapper json;

    FaultReader(String host, Optional<Proxy> proxy, JsonMapper json) {
        this.host = host;
        this.proxy = proxy;
        this.json = json;
    }

    Fault ofStatus(ApiCall call, int status, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        Optional<ErrorEnvelope> envelope = Optional.empty();
        try {
            envelope = ErrorEnvelope.in(json.readTree(body));
        } catch (JacksonException notJson) {
            // the web server in front answers in plain text or HTML
        }
        return envelope.map(found -> of(call, status, said(found), text)).orElseGet(() -> of(call, status, text, text));
    }

    /** An error envelope that came with status 200. */
    Fault ofEnvelope(ApiCall call, JsonNode body) {
        return ErrorEnvelope.in(body)
                .map(found -> of(
                        call,
                        found.code().filter(code -> code >= 400 && code < 600).orElse(500),
                        said(found),
                        body.toString()))
                .orElseGet(() -> unreadable(call, "It is JSON of an unknown form: " + quote(body.toString())));
    }

    Fault unreadable(ApiCall call, String why) {
        return new Fault(
                FaultCause.UNREADABLE,
                call.path() + " answered something that cannot be read. " + why,
                "Check that the base URL is that of the Cortex XDR API, and that no proxy answers in its place.");
    }

    private Fault of(ApiCall call, int status, String said, String whole) {
        String lower = whole.toLowerCase(Locale.ROOT);
        String answered = call.path() + " answered " + status + (said.isEmpty() ? "." : ": " + quote(said));
        if (status == 407) {
            return proxyRefused(status);
        }
        if (status >= 300 && status < 400) {
            return new Fault(
                    FaultCause.REDIRECTED,
                    call.path() + " on " + host + " answered with a redirection (" + status
                            + "), which the API never does.",
                    "Use the API's host as base URL, https://api-<fqdn>, not the console's or a login page's.");
        }
        if (lower.contains("parallel running queries")) {
            return new Fault(
                    FaultCause.TOO_MANY_QUERIES,
                    answered,
                    "Other programs use up the tenant's parallel XQL queries; run the connection when they are idle.");
        }
        if (lower.contains("exceeded max daily quota") || lower.contains("quota_exceeded")) {
            return new Fault(
                    FaultCause.QUOTA_USED_UP,
                    answered,
                    "The tenant's XQL quota is renewed at 00:00 UTC; run again after that, or raise the quota.");
        }
        if (lower.contains("parse_err")) {
            return new Fault(
                    FaultCause.BAD_QUERY,
                    answered,
                    "This is a fault of the connector: please report it with this text.");
        }
        if (lower.contains("no identity threat")) {
            return new Fault(
                    FaultCause.NO_LICENCE,
                    answered,
                    "Ask the tenant's administrator which licence the key's data needs.");
        }
        return switch (status) {
            case 400 ->
                new Fault(
                        FaultCause.BAD_REQUEST,
                        answered,
                        "This is a fault of the connector: please report it with this text.");
            case 401 ->
                new Fault(
                        FaultCause.UNAUTHORIZED,
                        answered,
                        "Check the API key, the API key ID that stands beside it, and the key's security level.");
            case 402 ->
                new Fault(
                        FaultCause.NO_LICENCE,
                        answered,
                        call.isXql()
                                ? "XQL queries need the licence Cortex XDR Pro per Endpoint (or per GB)."
                                : "The endpoints API needs the licence Cortex XDR Prevent or Pro per Endpoint.");
            case 403 ->
                new Fault(
                        FaultCause.FORBIDDEN,
                        answered,
                        "Give the API key a role that may " + (call.isXql() ? "run XQL queries" : "view endpoints")
                                + ", such as Viewer, in Settings > Configurations > Integrations > API Keys.");
            case 404 ->
                new Fault(
                        FaultCause.NOT_FOUND,
                        host + " does not know " + call.path() + " (404).",
                        "Check the base URL: it is https://api-<fqdn>, as the console's API Keys page shows it under"
                                + " Copy API URL.");
            case 408 -> new Fault(FaultCause.TIMED_OUT, answered, "Run again later.");
            case 429 ->
                new Fault(
                        FaultCause.TOO_MANY_REQUESTS,
                        answered,
                        "The tenant allows about 10 requests a second over all programs: lower the connection's"
                                + " requests per second.");
            case 502, 503, 504 ->
                new Fault(
                        FaultCause.GATEWAY,
                        answered,
                        "The vendor's servers are busy or being updated: run again later.");
            default ->
                status >= 500
                        ? new Fault(
                                FaultCause.SERVER_ERROR,
                                answered,
                                "Run again later; if it stays, ask Palo Alto Networks' support with this text.")
                        : new Fault(
                                FaultCause.BAD_REQUEST,
                                answered,
                                "This is a fault of the connector: please report it with this text.");
        };
    }

    Fault ofException(ApiCall call, Exception thrown) {
        Optional<String> forbidden = forbidden(thrown);
        if (forbidden.isPresent()) {
            return new Fault(FaultCause.FORBIDDEN_TARGET, forbidden.get(), GuardedNames.fix(host));
        }
        if (find(thrown, UnknownHostException.class)) {
            return proxy.map(via -> new Fault(
                            FaultCause.PROXY,
                            "The proxy's host " + via.host() + " is not known to this machine's name service.",
                            "Check the connection's proxy host."))
                    .orElseGet(() -> new Fault(
                            FaultCause.UNKNOWN_HOST,
                            "There is no host named " + host + ".",
                            "Check the base URL: it is https://api-<fqdn>, as the console's API Keys page shows it"
                                    + " under Copy API URL; and check that this machine can look up names on the"
                                    + " internet."));
        }
        if (find(thrown, SSLException.class)) {
            return new Fault(
                    FaultCause.TLS,
                    "No trusted TLS connection to " + host + ": " + quote(String.valueOf(thrown.getMessage())),
                    "If a proxy or firewall opens TLS on the way, give its CA certificate (PEM) in the connection's"
                            + " network options.");
        }
        if (thrown instanceof ConnectTimeoutException
                || thrown instanceof HttpHostConnectException
                || find(thrown, ConnectException.class)
                || find(thrown, NoRouteToHostException.class)) {
            return proxy.map(via -> new Fault(
                            FaultCause.PROXY,
                            "The proxy " + via.host() + ":" + via.port() + " cannot be reached.",
                            "Check the connection's proxy host and port."))
                    .orElseGet(() -> new Fault(
                            FaultCause.UNREACHABLE,
                            host + " cannot be reached: " + quote(String.valueOf(thrown.getMessage())),
                            "Check that a firewall lets this machine call it, or set a proxy in the"
                                    + " connection's network options."));
        }
        if (find(thrown, SocketTimeoutException.class) || thrown instanceof InterruptedIOException) {
            return new Fault(
                    FaultCause.TIMED_OUT,
                    call.path() + " on " + host + " stayed silent for longer than the response timeout.",
                    "Run again later, or raise the connection's response timeout.");
        }
        return new Fault(
                FaultCause.CUT_OFF,
                "The answer of " + call.path() + " broke off: " + quote(String.valueOf(thrown.getMessage())),
                "Run again later; if it stays, look for a proxy or firewall that ends long answers.");
    }

    /** The proxy's answer to the request for a tunnel. */
    Fault ofRefusedTunnel(int status) {
        return proxyRefused(status);
    }

    private Fault proxyRefused(int status) {
        String name = proxy.map(via -> via.host() + ":" + via.port()).orElse("on the way");
        return status == 407
                ? new Fault(
                        FaultCause.PROXY,
                        "The proxy " + name + " asks for a user and password, or refuses those given.",
                        "Set the proxy's user and password in the connection's network options.")
                : new Fault(
                        FaultCause.PROXY,
                        "The proxy " + name + " does not let calls through to " + host
                                + (status == 0 ? "." : " (" + status + ")."),
                        "Have the proxy allow CONNECT to this host, or choose another proxy.");
    }

    private static Optional<String> forbidden(Throwable thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof GuardedNames.ForbiddenTarget) {
                return Optional.ofNullable(each.getMessage());
            }
        }
        return Optional.empty();
    }

    private static boolean find(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static String said(ErrorEnvelope envelope) {
        return envelope.extra().isEmpty() ? envelope.message() : envelope.message() + " – " + envelope.extra();
    }

    private static String quote(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= QUOTED_CHARACTERS
                ? line + (line.endsWith(".") ? "" : ".")
                : line.substring(0, QUOTED_CHARACTERS) + " …";
    }
}

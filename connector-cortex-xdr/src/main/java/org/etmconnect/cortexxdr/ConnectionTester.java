// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.ConnectionTest.Outcome;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.cortexxdr.client.ApiCall;
import org.etmconnect.cortexxdr.client.Fault;
import org.etmconnect.cortexxdr.client.FaultCause;
import org.etmconnect.cortexxdr.client.Result;
import org.etmconnect.cortexxdr.client.SecurityLevel;
import org.etmconnect.cortexxdr.client.TenantClient;
import tools.jackson.databind.JsonNode;

/**
 * "Test connection": one endpoint; for vulnerabilities the XQL quota, which needs the permission that queries need and
 * costs no quota itself, and the tenant's licences, which a key may be forbidden to see.
 */
final class ConnectionTester {

    private static final String ENDPOINTS = "Endpoints";
    private static final String XQL = "Vulnerability queries (XQL)";
    private static final String HOST_INSIGHTS = "Host Insights licence";

    /** Signed requests are refused when their time stamp is some minutes off; from here on a clock deserves a word. */
    private static final Duration NOTABLE_SKEW = Duration.ofMinutes(2);

    private final Function<SecurityLevel, TenantClient> clients;
    private final SecurityLevel level;
    private final boolean vulnerabilities;

    /** {@code clients} opens a client whose calls are signed at a level. */
    ConnectionTester(Function<SecurityLevel, TenantClient> clients, SecurityLevel level, boolean vulnerabilities) {
        this.clients = clients;
        this.level = level;
        this.vulnerabilities = vulnerabilities;
    }

    ConnectionTest run() throws InterruptedException {
        List<Check> checks = new ArrayList<>();
        try (TenantClient client = clients.apply(level)) {
            Check endpoints = endpoints(client);
            checks.add(endpoints);
            boolean keyWorks =
                    endpoints.kind().isEmpty() || saysOnly(endpoints.kind().get());
            if (vulnerabilities && keyWorks) {
                checks.add(xql(client));
                hostInsights(client).ifPresent(checks::add);
            }
        }
        return new ConnectionTest(checks);
    }

    /** Whether a fault leaves the other side worth trying. */
    private static boolean saysOnly(FailureKind kind) {
        return switch (kind) {
            case PERMISSION, LICENCE, QUOTA_EXCEEDED, RATE_LIMITED -> true;
            case CONFIGURATION, AUTHENTICATION, REMOTE_UNAVAILABLE, BAD_DATA, INTERNAL -> false;
        };
    }

    private Check endpoints(TenantClient client) throws InterruptedException {
        String request = "{\"request_data\":{\"search_from\":0,\"search_to\":1,"
                + "\"sort\":{\"field\":\"endpoint_id\",\"keyword\":\"ASC\"}}}";
        return switch (client.json(ApiCall.GET_ENDPOINT, request)) {
            case Result.Failed<JsonNode>(Fault fault) ->
                fault.cause() == FaultCause.UNAUTHORIZED ? unauthorized(client, request) : failed(ENDPOINTS, fault);
            case Result.Ok<JsonNode>(JsonNode answer) -> {
                if (!answer.path("reply").isObject()) {
                    yield new Check(
                            ENDPOINTS,
                            Outcome.FAILED,
                            Optional.of(FailureKind.BAD_DATA),
                            "The host answers JSON, but not as the Cortex XDR API does.",
                            "Check the base URL: it is https://api-<fqdn>, as the console's API Keys page shows it under Copy API URL.");
                }
                JsonNode total = answer.path("reply").path("total_count");
                String seen = total.isNumber()
                        ? "The tenant has " + total.asLong(0) + " endpoints that this key may see."
                        : "The key may read endpoints.";
                boolean skewed =
                        client.level() == SecurityLevel.ADVANCED && skew(client).isPresent();
                yield skewed
                        ? new Check(
                                ENDPOINTS,
                                Outcome.WARNING,
                                Optional.empty(),
                                seen + " " + clockMessage(client),
                                CLOCK_FIX)
                        : new Check(ENDPOINTS, Outcome.PASSED, Optional.empty(), seen, "");
            }
        };
    }

    private static final String CLOCK_FIX =
            "Set this machine's clock, best by a time service such as NTP: Advanced keys sign the time.";

    /** A 401 says nothing of its reason, so the other level is tried and the clocks are compared. */
    private Check unauthorized(TenantClient client, String request) throws InterruptedException {
        try (TenantClient other = clients.apply(level.other())) {
            if (other.json(ApiCall.GET_ENDPOINT, request) instanceof Result.Ok<JsonNode>) {
                return new Check(
                        ENDPOINTS,
                        Outcome.FAILED,
                        Optional.of(FailureKind.AUTHENTICATION),
                        "The key is right, but its security level is "
                                + level.other().title() + " and not " + level.title() + ".",
                        "Set the connection's security level to "
                                + level.other().title() + ", or make a key of level " + level.title() + ".");
            }
        }
        if (level == SecurityLevel.ADVANCED && skew(client).isPresent()) {
            return new Check(
                    ENDPOINTS,
                    Outcome.FAILED,
                    Optional.of(FailureKind.AUTHENTICATION),
                    "The tenant refuses the signed request (401). " + clockMessage(client),
                    CLOCK_FIX);
        }
        return new Check(
                ENDPOINTS,
                Outcome.FAILED,
                Optional.of(FailureKind.AUTHENTICATION),
                "The tenant refuses the key (401), at either security level.",
                "Check that the API key was copied whole, that the API key ID is the number beside it on the API Keys page, "
                        + "that the key has not expired, and that it belongs to this tenant.");
    }

    private static Optional<Duration> skew(TenantClient client) {
        return client.clockSkew().filter(skew -> skew.abs().compareTo(NOTABLE_SKEW) > 0);
    }

    private static String clockMessage(TenantClient client) {
        Duration skew = client.clockSkew().orElse(Duration.ZERO);
        return "This machine's clock is " + skew.abs().toSeconds() + " s " + (skew.isNegative() ? "behind" : "ahead of")
                + " the tenant's.";
    }

    private static Check xql(TenantClient client) throws InterruptedException {
        return switch (client.json(ApiCall.GET_QUOTA, "{\"request_data\":{}}")) {
            case Result.Failed<JsonNode>(Fault fault) -> failed(XQL, fault);
            case Result.Ok<JsonNode>(JsonNode answer) -> quota(answer.path("reply"));
        };
    }

    private static Check quota(JsonNode reply) {
        double licensed = number(reply, "license_quota") + number(reply, "additional_purchased_quota");
        double used = number(reply, "used_quota");
        if (licensed > 0 && used >= licensed) {
            return new Check(
                    XQL,
                    Outcome.WARNING,
                    Optional.of(FailureKind.QUOTA_EXCEEDED),
                    "The key may run queries, but today's XQL quota is used up (" + used + " of " + licensed + ").",
                    "The quota is renewed at 00:00 UTC; until then vulnerabilities cannot be fetched.");
        }
        return new Check(
                XQL,
                Outcome.PASSED,
                Optional.empty(),
                licensed > 0
                        ? "The key may run queries; " + used + " of " + licensed + " units of quota are used."
                        : "The key may run queries.",
                "");
    }

    private static double number(JsonNode reply, String name) {
        JsonNode node = reply.path(name);
        if (node.isNumber()) {
            return node.asDouble(0);
        }
        String text = node.asString("").strip();
        return text.matches("\\d+(\\.\\d+)?") ? Double.parseDouble(text) : 0;
    }

    /** Tells only what it can: a key that may not see licences is no fault. */
    private static Optional<Check> hostInsights(TenantClient client) throws InterruptedException {
        return switch (client.json(ApiCall.GET_TENANT_INFO, "{\"request_data\":{}}")) {
            case Result.Failed<JsonNode> unknown -> Optional.empty();
            case Result.Ok<JsonNode>(JsonNode answer) -> licence(answer.path("reply"));
        };
    }

    private static Optional<Check> licence(JsonNode reply) {
        JsonNode purchased = reply.path("purchased_host_insights");
        JsonNode enabled = reply.path("enabled_host_insights");
        if (purchased.isMissingNode() && enabled.isMissingNode()) {
            return Optional.empty();
        }
        if (isNone(purchased) && isNone(enabled)) {
            return Optional.of(new Check(
                    HOST_INSIGHTS,
                    Outcome.WARNING,
                    Optional.of(FailureKind.LICENCE),
                    "The tenant has no Host Insights licence, so it has no vulnerability data.",
                    "Add Host Insights to the tenant's licence, or take the finding type Host Asset only."));
        }
        return Optional.of(new Check(
                HOST_INSIGHTS,
                Outcome.PASSED,
                Optional.empty(),
                "The tenant has Host Insights. If no vulnerabilities come, enable it in the agent settings profile as well.",
                ""));
    }

    private static boolean isNone(JsonNode value) {
        String text = value.isValueNode() ? value.asString("").strip() : "";
        return value.isMissingNode()
                || value.isNull()
                || text.isEmpty()
                || text.equals("0")
                || text.equals("0.0")
                || text.equalsIgnoreCase("false");
    }

    private static Check failed(String name, Fault fault) {
        return new Check(name, Outcome.FAILED, Optional.of(fault.kind()), fault.message(), fault.fix());
    }
}

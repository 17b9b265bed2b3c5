// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.time.Duration;
import java.util.List;

/**
 * What a gateway is made from. Immutable.
 *
 * @param host address to listen on
 * @param port 0 for any free one
 * @param user who may sign in with {@code password}
 * @param clientId what may sign in with {@code clientSecret}
 * @param connectorUuid the one connector there is
 * @param etm whether the subscription has ETM, and so takes findings
 * @param csam whether the subscription has CSAM, without which nothing is taken
 * @param permitted whether the user may use the connector's API
 * @param tokenLife after which a token is refused
 * @param mostAssets how many assets a request may hold
 * @param callsPerWindow how many calls are let through in a window; 0 for any number
 * @param window the window's length
 * @param parallelCalls how many calls may be under way at once
 * @param kind what the address is
 * @param faults how it misbehaves from the start
 */
public record GatewaySettings(
        String host,
        int port,
        String user,
        String password,
        String clientId,
        String clientSecret,
        String connectorUuid,
        boolean etm,
        boolean csam,
        boolean permitted,
        Duration tokenLife,
        int mostAssets,
        int callsPerWindow,
        Duration window,
        int parallelCalls,
        Kind kind,
        List<GatewayFault> faults) {

    /** What answers at the address. */
    public enum Kind {
        /** A pod's gateway. */
        GATEWAY,
        /** A pod's classic API server, which people take for the gateway. */
        API_HOST
    }

    /** A subscription that lets everything through: CSAM and ETM, tokens of 4 hours, 2 calls at once. */
    public static GatewaySettings defaults() {
        return new GatewaySettings(
                "127.0.0.1",
                0,
                "etm-user",
                "etm-password",
                "etm-client",
                "etm-secret",
                "489e8429-7c61-4e0a-9d3c-0f2b6a5d1e77",
                true,
                true,
                true,
                Duration.ofHours(4),
                1_000,
                0,
                Duration.ofHours(1),
                2,
                Kind.GATEWAY,
                List.of());
    }

    public GatewaySettings {
        faults = List.copyOf(faults);
    }

    /** The same at another port. */
    public GatewaySettings withAddress(String newHost, int newPort) {
        return new GatewaySettings(
                newHost,
                newPort,
                user,
                password,
                clientId,
                clientSecret,
                connectorUuid,
                etm,
                csam,
                permitted,
                tokenLife,
                mostAssets,
                callsPerWindow,
                window,
                parallelCalls,
                kind,
                faults);
    }

    /** The same with another subscription. */
    public GatewaySettings withSubscription(boolean hasEtm, boolean hasCsam, boolean mayUse) {
        return new GatewaySettings(
                host,
                port,
                user,
                password,
                clientId,
                clientSecret,
                connectorUuid,
                hasEtm,
                hasCsam,
                mayUse,
                tokenLife,
                mostAssets,
                callsPerWindow,
                window,
                parallelCalls,
                kind,
                faults);
    }

    /** The same with other limits. */
    public GatewaySettings withLimits(int assets, int calls, Duration period) {
        return new GatewaySettings(
                host,
                port,
                user,
                password,
                clientId,
                clientSecret,
                connectorUuid,
                etm,
                csam,
                permitted,
                tokenLife,
                assets,
                calls,
                period,
                parallelCalls,
                kind,
                faults);
    }

    /** The same with tokens of another life. */
    public GatewaySettings withTokenLife(Duration life) {
        return new GatewaySettings(
                host,
                port,
                user,
                password,
                clientId,
                clientSecret,
                connectorUuid,
                etm,
                csam,
                permitted,
                life,
                mostAssets,
                callsPerWindow,
                window,
                parallelCalls,
                kind,
                faults);
    }

    /** The same as another kind of address. */
    public GatewaySettings as(Kind other) {
        return new GatewaySettings(
                host,
                port,
                user,
                password,
                clientId,
                clientSecret,
                connectorUuid,
                etm,
                csam,
                permitted,
                tokenLife,
                mostAssets,
                callsPerWindow,
                window,
                parallelCalls,
                other,
                faults);
    }

    /** The same with other faults. */
    public GatewaySettings withFaults(List<GatewayFault> others) {
        return new GatewaySettings(
                host,
                port,
                user,
                password,
                clientId,
                clientSecret,
                connectorUuid,
                etm,
                csam,
                permitted,
                tokenLife,
                mostAssets,
                callsPerWindow,
                window,
                parallelCalls,
                kind,
                others);
    }
}

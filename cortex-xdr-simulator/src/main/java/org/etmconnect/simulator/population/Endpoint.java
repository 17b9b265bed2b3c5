// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.util.List;
import java.util.Optional;

/**
 * One host as it is on one day. Times are epoch milliseconds, UTC. Lists may be empty and are immutable.
 *
 * @param slot the host's place in the population; the same host has the same slot on all days
 * @param endpointId 32 lower case hexadecimal digits, unique
 * @param name host name; about 1 % of hosts share theirs with one other host
 * @param nameInCveData the name as the CVE data spells it: for a few hosts in other letter case than {@code name}
 * @param fresh the agent registered today and has sent no address yet: {@code ipv4}, {@code ipv6} and
 *     {@code macAddresses} are empty
 * @param macAddresses lower case, colon separated, universally administered, on no other host
 * @param domain empty if none
 * @param publicIp empty if none
 * @param alias empty if none
 */
public record Endpoint(
        int slot,
        String endpointId,
        String name,
        String nameInCveData,
        EndpointStatus status,
        OperatingSystem os,
        boolean fresh,
        List<String> ipv4,
        List<String> ipv6,
        List<String> macAddresses,
        String publicIp,
        List<String> users,
        String domain,
        String alias,
        List<String> groupNames,
        List<String> serverTags,
        List<String> endpointTags,
        Optional<Cloud> cloud,
        boolean isolated,
        long firstSeen,
        long installed,
        long lastSeen,
        String contentVersion,
        long contentReleased,
        String agentVersion) {}

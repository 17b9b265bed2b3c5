// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

/** Where a cloud host runs. No part is empty. */
public record Cloud(String provider, String region, String accountId, String instanceId, String id) {}

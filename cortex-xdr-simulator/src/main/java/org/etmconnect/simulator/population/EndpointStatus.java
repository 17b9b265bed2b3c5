// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

/** Whether the agent is in touch with its tenant. The names are the API's. */
public enum EndpointStatus {
    CONNECTED,
    DISCONNECTED,
    LOST
}

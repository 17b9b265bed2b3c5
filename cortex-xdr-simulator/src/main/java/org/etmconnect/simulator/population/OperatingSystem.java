// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

/**
 * One version of an operating system that hosts of the population run.
 *
 * @param name as a person writes it, e.g. {@code Ubuntu 22.04}
 * @param version as the agent reports it, e.g. {@code 22.04.3}
 * @param server whether hosts with it are servers
 */
public record OperatingSystem(Platform platform, String name, String version, boolean server) {}

// SPDX-License-Identifier: Apache-2.0
/**
 * The fleet that the simulated tenant shows: hosts, CVEs, and which host has which CVE on which day, all computed
 * from a seed and never stored. Pure values, no input or output.
 */
@NullMarked
package org.etmconnect.simulator.population;

import org.jspecify.annotations.NullMarked;

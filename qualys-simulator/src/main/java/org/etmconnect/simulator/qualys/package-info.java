// SPDX-License-Identifier: Apache-2.0
/** A stand-in Qualys gateway for tests, demo and benchmarks. */
@NullMarked
package org.etmconnect.simulator.qualys;

import org.jspecify.annotations.NullMarked;

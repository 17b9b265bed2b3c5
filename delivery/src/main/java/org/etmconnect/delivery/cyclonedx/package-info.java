// SPDX-License-Identifier: Apache-2.0
/** Findings as CycloneDX VEX. */
@NullMarked
package org.etmconnect.delivery.cyclonedx;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/**
 * Transform maps: read from YAML, checked against a source and a target data model, compiled once to a plan, and applied to
 * source records. Pure code: values in, values out, no I/O.
 *
 * <p>Start at {@link org.etmconnect.transform.MapYaml} for the text form and {@link
 * org.etmconnect.transform.TransformPlan#compile} for the rest.
 */
@NullMarked
package org.etmconnect.transform;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/** Which asset a source record belongs to: attributes, rules, and the decision. Pure: values in, values out. */
@NullMarked
package org.etmconnect.inventory.identification;

import org.jspecify.annotations.NullMarked;

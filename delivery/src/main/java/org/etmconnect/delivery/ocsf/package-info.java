// SPDX-License-Identifier: Apache-2.0
/** Delivery in the Open Cybersecurity Schema Framework's form. */
@NullMarked
package org.etmconnect.delivery.ocsf;

import org.jspecify.annotations.NullMarked;

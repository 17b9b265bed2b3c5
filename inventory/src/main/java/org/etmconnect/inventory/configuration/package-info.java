// SPDX-License-Identifier: Apache-2.0
/**
 * What is configured: connections with their settings and credentials, and profiles.
 *
 * <p>Credentials are encrypted with a key that is kept outside the database, so a copy of the database alone opens
 * nothing at the vendor.
 */
@NullMarked
package org.etmconnect.inventory.configuration;

import org.jspecify.annotations.NullMarked;

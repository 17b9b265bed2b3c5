// SPDX-License-Identifier: Apache-2.0
/**
 * What a connector is: its descriptor and data model, how its connections are tested, and how the vendor's answers are
 * fetched page by page and read back as source records.
 *
 * <p>A connector knows nothing of storage, scheduling or the server that runs it. It is found by {@link
 * java.util.ServiceLoader} under {@link org.etmconnect.connector.Connector}.
 */
@NullMarked
package org.etmconnect.connector;

import org.jspecify.annotations.NullMarked;

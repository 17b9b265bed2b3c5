// SPDX-License-Identifier: Apache-2.0
/** Delivery as CSV files, for ETM's Generic CSV and AWS S3 CSV connectors. */
@NullMarked
package org.etmconnect.delivery.csv;

import org.jspecify.annotations.NullMarked;

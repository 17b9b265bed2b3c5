// SPDX-License-Identifier: Apache-2.0
/** Tables as Parquet files. */
@NullMarked
package org.etmconnect.delivery.parquet;

import org.jspecify.annotations.NullMarked;

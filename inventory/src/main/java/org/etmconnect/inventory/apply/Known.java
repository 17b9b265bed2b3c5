// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import org.jspecify.annotations.Nullable;

/** A source record as the database has it. */
@SuppressWarnings("ArrayRecordComponent") // fingerprints, compared by content where they are compared
record Known(int id, int assetId, byte[] fingerprint, byte @Nullable [] findingsFingerprint, boolean retired) {}

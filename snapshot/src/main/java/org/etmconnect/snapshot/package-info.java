// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots: what a run fetched, as the vendor sent it, on disk.
 *
 * <p>A snapshot is a folder. {@code pages/STREAM/KEY.zst} holds one answer each, compressed and checksummed; {@code
 * journal.jsonl} has one line for each page, written after the page's file is on disk; {@code seal.json}, once there,
 * says whether the snapshot is provably complete.
 */
@NullMarked
package org.etmconnect.snapshot;

import org.jspecify.annotations.NullMarked;

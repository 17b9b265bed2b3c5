// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import java.util.Optional;
import org.etmconnect.inventory.events.ChangeKind;

/**
 * One event as it leaves.
 *
 * @param row the row of the outbox that it comes from
 * @param place which of the row's events it is, from 0
 * @param last whether it is the row's last one
 * @param id the same however often it is sent
 * @param key events of one key arrive in order: the asset's, or for runs the connection's
 * @param assetId the asset it is about; empty for runs
 * @param name what people call that
 * @param json the CloudEvent; not copied, nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent")
record ChangeEvent(
        long row,
        int place,
        boolean last,
        ChangeKind kind,
        String id,
        String key,
        Optional<Integer> assetId,
        Optional<String> name,
        byte[] json) {}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

/**
 * What a delivery did.
 *
 * @param assets active assets of the inventory
 * @param unchanged those that the destination has already, as they are
 * @param sent assets that were sent, removed ones included
 * @param accepted those of them that the destination took
 * @param rejected those that it did not take
 * @param removed assets that are no longer active and were sent as such
 * @param findings open findings that were sent
 * @param fixed findings that were sent as fixed
 * @param calls requests that were made, or files that were written
 */
public record DeliveryCounts(
        long assets,
        long unchanged,
        long sent,
        long accepted,
        long rejected,
        long removed,
        long findings,
        long fixed,
        long calls) {

    /** Nothing yet. */
    public static final DeliveryCounts NONE = new DeliveryCounts(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Both together. */
    public DeliveryCounts plus(DeliveryCounts other) {
        return new DeliveryCounts(
                assets + other.assets,
                unchanged + other.unchanged,
                sent + other.sent,
                accepted + other.accepted,
                rejected + other.rejected,
                removed + other.removed,
                findings + other.findings,
                fixed + other.fixed,
                calls + other.calls);
    }
}

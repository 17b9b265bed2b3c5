// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.util.List;
import javax.sql.DataSource;
import org.etmconnect.inventory.configuration.DestinationSettings;

/**
 * One delivery to be made.
 *
 * @param database the inventory
 * @param destinationId where to
 * @param settings with credentials in clear
 * @param report is told what was done
 */
public record DeliveryWork(DataSource database, int destinationId, DestinationSettings settings, Report report) {

    /** Takes notes of a delivery. Safe for use by several threads. */
    public interface Report {
        /** Adds to what was counted. */
        void count(DeliveryCounts more);

        /** Notes what was not taken. */
        void rejected(List<Rejection> rejections);

        /** Notes what came of reading back; most kinds of destinations do not, so by default nothing is noted. */
        default void verified(Verification verification) {}
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.etmconnect.inventory.embedded.TestDatabase;

/** What searches rely on: a host with several records is among those of which a rule or a move is kept. */
final class SeveralRecords {

    private SeveralRecords() {}

    static void areToldByDecisions(TestDatabase database) throws SQLException {
        try (Connection connection = database.pooled().getConnection();
                ResultSet row = connection.createStatement().executeQuery("""
                        select count(*) from (
                            select asset_id from source_record group by asset_id having count(*) > 1
                            except
                            select asset_id from identification_log where rule is not null or from_asset_id is not null) x
                        """)) {
            row.next();
            assertThat(row.getInt(1))
                    .as("hosts with several records and no decision")
                    .isZero();
        }
    }
}

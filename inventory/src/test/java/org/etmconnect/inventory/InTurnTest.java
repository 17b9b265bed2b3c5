// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

class InTurnTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @Test
    void whoGivesAConnectionBackWaitsBehindThoseWhoAskedBefore() throws Exception {
        InTurn turns = new InTurn(DATABASE.dataSource(), 1, Duration.ofSeconds(30));
        DataSource one = turns.connections();
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Thread waiting;
        try (Connection _ = one.getConnection()) {
            waiting = Thread.ofPlatform().start(() -> {
                try (Connection _ = one.getConnection()) {
                    order.add("the one who waited");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (turns.waiting() == 0) {
                Thread.onSpinWait();
            }
        }
        try (Connection _ = one.getConnection()) {
            order.add("the one who had it");
        }
        waiting.join();

        assertThat(order).containsExactly("the one who waited", "the one who had it");
        assertThat(turns.waiting()).isZero();
    }

    @Test
    void askingFailsAfterTheLongestWaitAndWorksAgainOnceOneIsFree() throws SQLException {
        DataSource one = new InTurn(DATABASE.dataSource(), 1, Duration.ofMillis(10)).connections();
        Connection held = one.getConnection();

        assertThatThrownBy(one::getConnection).isInstanceOf(SQLTransientConnectionException.class);

        held.close();
        held.close();
        try (Connection free = one.getConnection();
                ResultSet row = free.createStatement().executeQuery("select 1")) {
            assertThat(row.next()).isTrue();
            assertThat(free.unwrap(PGConnection.class)).isNotNull();
            assertThatThrownBy(one::getConnection).isInstanceOf(SQLTransientConnectionException.class);
        }
    }

    @Test
    void whatTheDatabaseSaysIsThrownAsItIs() throws SQLException {
        DataSource one = new InTurn(DATABASE.dataSource(), 1, Duration.ofSeconds(30)).connections();
        try (Connection connection = one.getConnection()) {
            assertThatThrownBy(() -> connection.prepareStatement("no sql").execute())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("syntax error");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestDatabaseTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    @Test
    void eachDatabaseIsEmptyAndItsOwn() throws Exception {
        try (TestDatabase other = TestDatabase.create()) {
            execute(DATABASE, "create table t (a int)");
            execute(other, "create table t (a int)");
        }
    }

    @Test
    void aResetDatabaseIsEmptyAgain() throws Exception {
        execute(DATABASE, "create table gone (a int)");
        DATABASE.reset();
        try (Connection connection = DATABASE.dataSource().getConnection();
                var tables = connection.getMetaData().getTables(null, "public", "gone", null)) {
            assertThat(tables.next()).isFalse();
        }
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

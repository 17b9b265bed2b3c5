// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BinaryCopyTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.create();

    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        connection = DATABASE.connect();
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void everyTypeIsReadBackAsItWasWritten() throws Exception {
        execute("create temp table kinds (s smallint, i int, l bigint, r real, b boolean, t text, j jsonb, y bytea,"
                + " z timestamptz, a int[], e int[])");
        try (BinaryCopy copy =
                BinaryCopy.into(connection, "kinds", "s", "i", "l", "r", "b", "t", "j", "y", "z", "a", "e")) {
            copy.startRow();
            copy.writeShort(Short.MIN_VALUE);
            copy.writeInt(-7);
            copy.writeLong(Long.MAX_VALUE);
            copy.writeFloat(9.8f);
            copy.writeBoolean(true);
            copy.writeText("Zürich \u2713");
            copy.writeJsonb("{\"severity\": 5}");
            copy.writeBytes(new byte[] {0, 1, -1});
            copy.writeInstant(Instant.parse("1999-12-31T23:59:58.123456Z"));
            copy.writeInts(new int[] {0, 1, 5, Integer.MAX_VALUE, 0}, 1, 4);
            copy.writeInts(new int[0]);
            assertThat(copy.finish()).isEqualTo(1);
        }
        assertThat(row("select s, i, l, r, b, t, j->>'severity', encode(y, 'hex'), z at time zone 'UTC', a, e"
                        + " from kinds"))
                .containsExactly(
                        "-32768",
                        "-7",
                        "9223372036854775807",
                        "9.8",
                        "t",
                        "Zürich \u2713",
                        "5",
                        "0001ff",
                        "1999-12-31 23:59:58.123456",
                        "{1,5,2147483647}",
                        "{}");
    }

    @Test
    void theCharacterNulBecomesAReplacementCharacter() throws Exception {
        execute("create temp table nul (t text, j jsonb)");
        try (BinaryCopy copy = BinaryCopy.into(connection, "nul", "t", "j")) {
            copy.startRow().writeText("a\0b").writeJsonb("{\"k\":\"a\\u0000b\"}");
            copy.finish();
        }
        assertThat(row("select t, j->>'k' from nul")).containsExactly("a\uFFFDb", "a\uFFFDb");
    }

    @Test
    void absentValuesAreNull() throws Exception {
        execute("create temp table absent (i int, r real, t text, j jsonb, y bytea, z timestamptz, n bigint)");
        try (BinaryCopy copy = BinaryCopy.into(connection, "absent", "i", "r", "t", "j", "y", "z", "n")) {
            copy.startRow();
            copy.writeInt((Integer) null);
            copy.writeFloat(null);
            copy.writeText(null);
            copy.writeJsonb(null);
            copy.writeBytes(null);
            copy.writeInstant(null);
            copy.writeNull();
            copy.finish();
        }
        assertThat(row("select num_nulls(i, r, t, j, y, z, n) from absent")).containsExactly("7");
    }

    @Test
    void manyRowsOfManySizesArrive() throws Exception {
        execute("create temp table sets (id int, members int[])");
        Random random = new Random(4);
        long members = 0;
        try (BinaryCopy copy = BinaryCopy.into(connection, "sets", "id", "members")) {
            for (int id = 0; id < 3000; id++) {
                int size = id % 500 == 0 ? 50_000 : random.nextInt(200);
                copy.startRow();
                copy.writeInt(id);
                copy.writeInts(IntStream.range(id, id + size).toArray());
                members += size;
            }
            assertThat(copy.finish()).isEqualTo(3000);
        }
        assertThat(row("select count(*), sum(cardinality(members)), bool_and(members[1] is null or members[1] = id)"
                        + " from sets"))
                .containsExactly("3000", Long.toString(members), "t");
    }

    @Test
    void whatIsNotFinishedIsTakenBack() throws Exception {
        execute("create temp table taken_back (id int)");
        try (BinaryCopy copy = BinaryCopy.into(connection, "taken_back", "id")) {
            copy.startRow();
            copy.writeInt(1);
        }
        assertThat(row("select count(*) from taken_back")).containsExactly("0");
    }

    @Test
    void aRowWithTooFewOrTooManyColumnsIsRefusedWithItsTable() throws Exception {
        execute("create temp table pairs (a int, b int)");
        try (BinaryCopy copy = BinaryCopy.into(connection, "pairs", "a", "b")) {
            assertThatThrownBy(() -> copy.writeInt(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("No row was started in pairs (a, b)");
            copy.startRow();
            copy.writeInt(1);
            assertThatThrownBy(copy::startRow)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("A row of pairs (a, b) has 1 of its 2 columns");
            copy.writeInt(2);
            assertThatThrownBy(() -> copy.writeInt(3)).isInstanceOf(IllegalStateException.class);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> row(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            int columns = row.getMetaData().getColumnCount();
            String[] values = new String[columns];
            for (int column = 0; column < columns; column++) {
                values[column] = row.getString(column + 1);
            }
            return List.of(values);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was written, as DuckDB reads it. */
class ParquetTableTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final MessageType TYPE = MessageTypeParser.parseMessageType("""
            message row {
              required binary id (STRING);
              optional group list (LIST) {
                repeated group list {
                  required group element {
                    optional binary a (STRING);
                    optional int64 b;
                    optional group deep (LIST) { repeated group list { required group element { required int32 c; } } }
                  }
                }
              }
              optional group maybe { optional int32 x; }
              required group shared { optional binary one (STRING); optional int64 two; }
            }
            """);

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("table.parquet");
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private List<String> read(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection reader = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = reader.createStatement();
                ResultSet row = statement.executeQuery(query.replace("FILE", "'" + file() + "'"))) {
            while (row.next()) {
                rows.add(String.valueOf(row.getString(1)));
            }
        }
        return rows;
    }

    @Test
    void documentsComeBackAsTheyWere() throws IOException, SQLException {
        List<String> documents = Arrays.asList(
                "{'id':'1','list':[{'a':'x','b':null,'deep':[{'c':1},{'c':2}]},{'a':null,'b':7,'deep':[]},"
                        + "{'a':null,'b':null,'deep':null}],'maybe':{'x':5},'shared':{'one':'ö','two':9}}",
                "{'id':'2','list':null,'maybe':null,'shared':{'one':null,'two':null}}",
                "{'id':'3','list':[],'maybe':{'x':null},'shared':{'one':'','two':-1}}");
        try (OutputStream out = Files.newOutputStream(file())) {
            ParquetTable table = new ParquetTable(out, TYPE, Set.of("id"), Map.of("note", "kept"));
            for (String document : documents) {
                JsonNode whole = json(document.replaceAll(",?'\\w+':null", "").replace("{,", "{"));
                table.row(table.cells(whole));
            }
            table.finish();
        }
        assertThat(read("select to_json(t)::varchar from read_parquet(FILE) t order by id"))
                .containsExactlyElementsOf(
                        documents.stream().map(text -> text.replace('\'', '"')).toList());
        assertThat(read("select decode(value) from parquet_kv_metadata(FILE) where decode(key) = 'note'"))
                .containsExactly("kept");
    }

    @Test
    void partsMakeUpARow() throws IOException, SQLException {
        try (OutputStream out = Files.newOutputStream(file())) {
            ParquetTable table = new ParquetTable(out, TYPE, Set.of(), Map.of());
            Cells one = table.cells(json("{'shared':{'one':'here'}}"));
            Cells two = table.cells(json("{'shared':{'two':4},'maybe':{}}"));
            table.row(one, table.cell("id", "a"), two);
            table.row(one, table.cell("id", "b"));
            assertThatThrownBy(() -> table.row(one, two)).hasMessage("A row has no id");
            assertThatThrownBy(() -> table.cells(json("{'id':'1','colour':'red'}")))
                    .hasMessageContaining("no column for colour");
        }
    }

    @Test
    void aLongTableIsWrittenInGroupsOfRows() throws IOException, SQLException {
        int rows = 120_000;
        Random noise = new Random(1);
        byte[] bytes = new byte[300];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file()))) {
            ParquetTable table = new ParquetTable(out, TYPE, Set.of("id"), Map.of());
            Cells same = table.cells(json("{'shared':{'one':'always','two':1},'list':[{'a':'b'},{'b':3}]}"));
            for (int i = 0; i < rows; i++) {
                noise.nextBytes(bytes);
                String id = "row " + i + " " + Base64.getEncoder().encodeToString(bytes);
                table.row(table.cell("id", id), same);
            }
            table.finish();
        }
        assertThat(read("select count(distinct row_group_id) > 1 from parquet_metadata(FILE)"))
                .containsExactly("true");
        assertThat(read("select count(distinct id) || ' ' || sum(shared.two) || ' ' || sum(list[2].b)"
                        + " from read_parquet(FILE)"))
                .containsExactly(rows + " " + rows + " " + 3 * rows);
        assertThat(read("select id[:9] from read_parquet(FILE) where id > 'row 99999 '"))
                .containsExactly("row 99999");
    }
}

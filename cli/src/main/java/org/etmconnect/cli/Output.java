// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes lists and single things in the form that was asked for. */
final class Output {

    /** The forms. */
    enum Form {
        table,
        json,
        csv
    }

    private static final int SMALLEST_COLUMN = 8;

    private final PrintWriter out;
    private final int width;
    private final JsonMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    Output(PrintWriter out, int width) {
        this.out = out;
        this.width = width;
    }

    /** Writes a list whole, or its next page: then {@code first} and {@code last} say which. */
    void list(List<JsonNode> items, List<Column> columns, Form form, boolean first, boolean last) {
        switch (form) {
            case table -> table(items, columns);
            case csv -> csv(items, columns, first);
            case json -> array(items, first, last);
        }
        out.flush();
    }

    void json(JsonNode document) {
        out.println(json.writeValueAsString(document));
        out.flush();
    }

    private void array(List<JsonNode> items, boolean first, boolean last) {
        if (first) {
            out.print("[");
        }
        boolean comma = !first;
        for (JsonNode item : items) {
            out.print(comma ? ",\n" : "\n");
            out.print(json.writeValueAsString(item));
            comma = true;
        }
        if (last) {
            out.println("\n]");
        }
    }

    private void csv(List<JsonNode> items, List<Column> columns, boolean first) {
        try {
            CSVPrinter printer = new CSVPrinter(out, CSVFormat.RFC4180);
            if (first) {
                printer.printRecord(columns.stream().map(Column::key));
            }
            for (JsonNode item : items) {
                printer.printRecord(columns.stream().map(column -> safe(column, item)));
            }
            printer.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A spreadsheet would run a text that looks like a formula; what a vendor sends must not get that far. */
    private static String safe(Column column, JsonNode item) {
        String text = column.forMachines(item);
        boolean formula =
                column.kind() == Column.Kind.TEXT && !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        return formula ? "'" + text : text;
    }

    private void table(List<JsonNode> items, List<Column> columns) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(Column::title).toList());
        items.forEach(item -> rows.add(columns.stream()
                .map(column -> printable(column.forPeople(item)))
                .toList()));
        int[] widths = widths(rows, columns.size());
        for (int row = 0; row < rows.size(); row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns.size(); column++) {
                String cell = cut(rows.get(row).get(column), widths[column]);
                boolean right = columns.get(column).kind() == Column.Kind.NUMBER;
                String padding = " ".repeat(widths[column] - cell.length());
                line.append(right ? padding + cell : cell + padding);
                line.append(column + 1 < columns.size() ? "  " : "");
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** Natural widths; while the table is too wide, the widest column gives way. */
    private int[] widths(List<List<String>> rows, int columns) {
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        int total = 2 * (columns - 1);
        for (int each : widths) {
            total += each;
        }
        while (total > width) {
            int widest = 0;
            for (int column = 1; column < columns; column++) {
                if (widths[column] > widths[widest]) {
                    widest = column;
                }
            }
            if (widths[widest] <= SMALLEST_COLUMN) {
                break;
            }
            widths[widest]--;
            total--;
        }
        return widths;
    }

    /** What a vendor sends must not move the cursor or colour the terminal. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.isISOControl(point) ? ' ' : point)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }
}

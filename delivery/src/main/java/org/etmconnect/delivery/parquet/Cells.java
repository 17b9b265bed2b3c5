// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.parquet;

import java.util.List;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** The cells of a row, or of a part of one, made once for all rows that have it. Made by {@link ParquetTable}. */
public final class Cells {

    private final @Nullable List<Cell>[] columns;

    Cells(@Nullable List<Cell>[] columns) {
        this.columns = columns;
    }

    /** The cells of a column; null if this part says nothing of it. */
    @Nullable
    List<Cell> of(int column) {
        return columns[column];
    }

    /**
     * One cell.
     *
     * @param repetition and
     * @param definition are the levels by which Parquet tells which list an element belongs to and what was left out
     */
    record Cell(Value value, int repetition, int definition) {

        void write(ColumnWriter writer) {
            switch (value) {
                case Value.Text(Binary text) -> writer.write(text, repetition, definition);
                case Value.Wide(long number) -> writer.write(number, repetition, definition);
                case Value.Narrow(int number) -> writer.write(number, repetition, definition);
                case Value.None() -> writer.writeNull(repetition, definition);
            }
        }
    }

    /** What a cell holds. */
    sealed interface Value {

        record Text(Binary text) implements Value {}

        record Wide(long number) implements Value {}

        record Narrow(int number) implements Value {}

        record None() implements Value {}
    }
}

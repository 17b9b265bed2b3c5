// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.parquet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.impl.ColumnWriteStoreV1;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.etmconnect.delivery.parquet.Cells.Cell;
import org.etmconnect.delivery.parquet.Cells.Value;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Writes JSON documents as rows of a Parquet file, a row group at a time: memory is bounded, and the stream need not be a
 * file's. Encodings are Parquet's own library's, compression is zstd's. Without {@link #finish} it is no Parquet file. Used by
 * one thread.
 */
public final class ParquetTable {

    /** So much is kept before it is written, in bytes. */
    private static final long ROW_GROUP = 24L << 20;

    private static final int PAGE = 1 << 20;
    private static final int DICTIONARY = 4 << 20;
    private static final int ROWS_BETWEEN_CHECKS = 1_000;

    private final MessageType type;
    private final ParquetFile file;
    private final ParquetProperties properties;
    private final List<ColumnDescriptor> columns;
    private final List<String> names;
    private final int[] mostDefined;
    private ColumnChunks chunks;
    private ColumnWriteStore store;
    private ColumnWriter[] writers;
    private long rows;

    /**
     * Begins a file.
     *
     * @param out is not closed
     * @param type of INT32, INT64 and STRING columns, groups and lists; parts that are put together into a row may share groups
     *     that are required, and nothing else
     * @param unlike columns whose values hardly occur twice, with dots between names
     * @param notes kept in the file beside the rows
     */
    public ParquetTable(OutputStream out, MessageType type, Set<String> unlike, Map<String, String> notes)
            throws IOException {
        this.type = type;
        this.columns = type.getColumns();
        this.names = columns.stream()
                .map(column -> String.join(".", column.getPath()))
                .toList();
        this.mostDefined = columns.stream()
                .mapToInt(ColumnDescriptor::getMaxDefinitionLevel)
                .toArray();
        ParquetProperties.Builder builder = ParquetProperties.builder()
                .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
                .withPageSize(PAGE)
                .withDictionaryPageSize(DICTIONARY)
                .withSizeStatisticsEnabled(false);
        unlike.forEach(name -> builder.withDictionaryEncoding(name, false));
        // bounds of texts cost two comparisons a cell, and rows come by host, so that no reader could skip a group by
        // them
        type.getColumns().stream()
                .filter(column -> column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY)
                .forEach(column -> builder.withStatisticsEnabled(String.join(".", column.getPath()), false));
        this.properties = builder.build();
        this.file = new ParquetFile(out, type, notes);
        this.chunks = new ColumnChunks();
        this.store = new ColumnWriteStoreV1(type, chunks, properties);
        this.writers = writers();
    }

    private ColumnWriter[] writers() {
        return columns.stream().map(store::getColumnWriter).toArray(ColumnWriter[]::new);
    }

    /**
     * Makes cells of a document, or of a part of one.
     *
     * @throws IllegalArgumentException if it has a member that the table has no column for, or of another type
     */
    public Cells cells(JsonNode document) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        @Nullable
        List<Cell>[] found = new List[columns.size()];
        new Striping(found).group(type, document, 0, 0, 0);
        return new Cells(found);
    }

    /** The cell of one text that is required, by its column's name with dots. */
    public Cells cell(String column, String text) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        @Nullable
        List<Cell>[] found = new List[columns.size()];
        int place = names.indexOf(column);
        if (place >= 0) {
            found[place] = List.of(new Cell(new Value.Text(bytes(text)), 0, mostDefined[place]));
            return new Cells(found);
        }
        throw new IllegalArgumentException("There is no column " + column);
    }

    /** In an array, which is quicker to hash and to compare than what Parquet makes of a text. */
    private static Binary bytes(String text) {
        return Binary.fromConstantByteArray(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the row that these parts make up. */
    public void row(Cells... parts) throws IOException {
        for (int i = 0; i < writers.length; i++) {
            ColumnWriter writer = writers[i];
            @Nullable List<Cell> cells = null;
            for (Cells part : parts) {
                cells = part.of(i);
                if (cells != null) {
                    break;
                }
            }
            if (cells != null) {
                for (Cell cell : cells) {
                    cell.write(writer);
                }
            } else if (mostDefined[i] > 0) {
                writer.writeNull(0, 0);
            } else {
                throw new IllegalArgumentException("A row has no " + names.get(i));
            }
        }
        store.endRecord();
        rows++;
        if (rows % ROWS_BETWEEN_CHECKS == 0 && store.getBufferedSize() > ROW_GROUP) {
            flush();
        }
    }

    private void flush() throws IOException {
        store.flush();
        file.rowGroup(rows, columns, chunks);
        store.close();
        rows = 0;
        chunks = new ColumnChunks();
        store = new ColumnWriteStoreV1(type, chunks, properties);
        writers = writers();
    }

    /** Writes what is left, and the end of the file. Does not flush the stream. */
    public void finish() throws IOException {
        if (rows > 0) {
            flush();
        }
        store.close();
        file.finish();
    }

    /** Takes a document apart into columns. */
    private final class Striping {

        private final @Nullable List<Cell>[] found;

        Striping(@Nullable List<Cell>[] found) {
            this.found = found;
        }

        /**
         * Takes a group apart.
         *
         * @param column the number of its first column
         * @return the number of the column after its last
         */
        int group(GroupType group, JsonNode node, int column, int repetition, int definition) {
            Set<String> known = group.getFields().stream().map(Type::getName).collect(Collectors.toSet());
            for (String name : node.propertyNames()) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("The table has no column for " + name);
                }
            }
            int next = column;
            for (Type field : group.getFields()) {
                next = field(field, node.path(field.getName()), next, repetition, definition);
            }
            return next;
        }

        private int field(Type field, JsonNode node, int column, int repetition, int definition) {
            boolean optional = field.isRepetition(Type.Repetition.OPTIONAL);
            if (node.isMissingNode() && (optional || field.isPrimitive())) {
                return nothing(field, column, repetition, definition);
            }
            int defined = optional ? definition + 1 : definition;
            if (field.isPrimitive()) {
                put(column, new Cell(value(field.asPrimitiveType(), node), repetition, defined));
                return column + 1;
            }
            GroupType group = field.asGroupType();
            if (!(group.getLogicalTypeAnnotation() instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation)) {
                return group(group, node, column, repetition, defined);
            }
            GroupType list = group.getType(0).asGroupType();
            if (node.isEmpty()) {
                return nothing(list, column, repetition, defined);
            }
            int deepest = repetition;
            int next = column;
            for (JsonNode element : node) {
                next = field(list.getType(0), element, column, deepest, defined + 1);
                deepest = columns.get(column).getMaxRepetitionLevel();
            }
            return next;
        }

        /** Says of all columns of a field that nothing is there; outside of a list that need not be said. */
        private int nothing(Type field, int column, int repetition, int definition) {
            if (field.isPrimitive()) {
                if (repetition > 0 || definition > 0) {
                    put(column, new Cell(new Value.None(), repetition, definition));
                }
                return column + 1;
            }
            int next = column;
            for (Type each : field.asGroupType().getFields()) {
                next = nothing(each, next, repetition, definition);
            }
            return next;
        }

        private void put(int column, Cell cell) {
            List<Cell> cells = found[column];
            if (cells == null) {
                found[column] = List.of(cell);
            } else {
                List<Cell> more = new ArrayList<>(cells);
                more.add(cell);
                found[column] = more;
            }
        }

        private static Value value(PrimitiveType type, JsonNode node) {
            PrimitiveTypeName name = type.getPrimitiveTypeName();
            if (name == PrimitiveTypeName.INT32 && node.canConvertToInt()) {
                return new Value.Narrow(node.asInt());
            }
            if (name == PrimitiveTypeName.INT64 && node.canConvertToLong()) {
                return new Value.Wide(node.asLong());
            }
            if (name == PrimitiveTypeName.BINARY && node.isString()) {
                return new Value.Text(bytes(node.asString()));
            }
            throw new IllegalArgumentException(type.getName() + " is " + Arrays.asList(name, node));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.ListType;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.etmconnect.delivery.parquet.ColumnChunks.Chunk;

/** The frame of a Parquet file: its beginning, its row groups, and the footer that says where they are. */
final class ParquetFile {

    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    /** Longer texts are no help to a reader that looks for one. */
    private static final int LONGEST_BOUND = 64;

    private final OutputStream out;
    private final MessageType type;
    private final Map<String, String> notes;
    private final List<RowGroup> groups = new ArrayList<>();
    private long position;
    private long rows;

    ParquetFile(OutputStream out, MessageType type, Map<String, String> notes) throws IOException {
        this.out = out;
        this.type = type;
        this.notes = notes;
        write(MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    private void write(ByteArrayOutputStream bytes) throws IOException {
        bytes.writeTo(out);
        position += bytes.size();
    }

    void rowGroup(long rowCount, List<ColumnDescriptor> columns, ColumnChunks chunks) throws IOException {
        List<ColumnChunk> written = new ArrayList<>();
        long bytes = 0;
        long begun = position;
        for (ColumnDescriptor column : columns) {
            Chunk chunk = chunks.getPageWriter(column);
            long dictionary = position;
            write(chunk.dictionary());
            long pages = position;
            write(chunk.pages());
            ColumnMetaData about = new ColumnMetaData(
                    physical(column.getPrimitiveType()),
                    List.copyOf(chunk.encodings()),
                    List.of(column.getPath()),
                    CompressionCodec.ZSTD,
                    chunk.values(),
                    chunk.uncompressed(),
                    position - dictionary,
                    pages);
            if (pages > dictionary) {
                about.setDictionary_page_offset(dictionary);
            }
            bounds(chunk, about);
            bytes += chunk.uncompressed();
            ColumnChunk place = new ColumnChunk(0);
            place.setMeta_data(about);
            written.add(place);
        }
        RowGroup group = new RowGroup(written, bytes, rowCount);
        group.setFile_offset(begun);
        group.setTotal_compressed_size(position - begun);
        groups.add(group);
        rows += rowCount;
    }

    private static Type physical(PrimitiveType primitive) {
        return switch (primitive.getPrimitiveTypeName()) {
            case INT32 -> Type.INT32;
            case INT64 -> Type.INT64;
            case BINARY -> Type.BYTE_ARRAY;
            default -> throw new IllegalArgumentException("Columns of " + primitive + " are not written");
        };
    }

    private static void bounds(Chunk chunk, ColumnMetaData about) {
        Statistics<?> known = chunk.statistics();
        if (known == null || known.isEmpty()) {
            return;
        }
        org.apache.parquet.format.Statistics bounds = new org.apache.parquet.format.Statistics();
        bounds.setNull_count(known.getNumNulls());
        if (known.hasNonNullValue()
                && known.getMinBytes().length <= LONGEST_BOUND
                && known.getMaxBytes().length <= LONGEST_BOUND) {
            bounds.setMin_value(known.getMinBytes());
            bounds.setMax_value(known.getMaxBytes());
        }
        about.setStatistics(bounds);
    }

    void finish() throws IOException {
        List<SchemaElement> elements = new ArrayList<>();
        SchemaElement root = new SchemaElement(type.getName());
        root.setNum_children(type.getFieldCount());
        elements.add(root);
        type.getFields().forEach(field -> describe(field, elements));
        FileMetaData footer = new FileMetaData(1, elements, rows, groups);
        footer.setCreated_by("etm-connect");
        footer.setColumn_orders(type.getColumns().stream()
                .map(_ -> ColumnOrder.TYPE_ORDER(new TypeDefinedOrder()))
                .toList());
        footer.setKey_value_metadata(notes.entrySet().stream()
                .map(note -> {
                    KeyValue pair = new KeyValue(note.getKey());
                    pair.setValue(note.getValue());
                    return pair;
                })
                .toList());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Util.writeFileMetaData(footer, bytes);
        write(bytes);
        write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.size())
                .array());
        write(MAGIC);
    }

    private static void describe(org.apache.parquet.schema.Type field, List<SchemaElement> elements) {
        SchemaElement element = new SchemaElement(field.getName());
        element.setRepetition_type(
                FieldRepetitionType.valueOf(field.getRepetition().name()));
        LogicalTypeAnnotation meaning = field.getLogicalTypeAnnotation();
        if (meaning instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation) {
            element.setLogicalType(LogicalType.STRING(new StringType()));
            element.setConverted_type(ConvertedType.UTF8);
        } else if (meaning instanceof LogicalTypeAnnotation.ListLogicalTypeAnnotation) {
            element.setLogicalType(LogicalType.LIST(new ListType()));
            element.setConverted_type(ConvertedType.LIST);
        }
        elements.add(element);
        if (field.isPrimitive()) {
            element.setType(physical(field.asPrimitiveType()));
        } else {
            element.setNum_children(field.asGroupType().getFieldCount());
            field.asGroupType().getFields().forEach(each -> describe(each, elements));
        }
    }
}

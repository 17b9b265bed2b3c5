// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriteStore;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.statistics.geospatial.GeospatialStatistics;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/** The pages of one row group, compressed, until they are written. */
final class ColumnChunks implements PageWriteStore {

    private static final int LEVEL = 3;

    private final Map<ColumnDescriptor, Chunk> chunks = new LinkedHashMap<>();

    @Override
    public Chunk getPageWriter(ColumnDescriptor column) {
        return chunks.computeIfAbsent(column, _ -> new Chunk());
    }

    /** The pages of one column. */
    @SuppressWarnings("deprecation") // the old forms have to be there, though none is called
    static final class Chunk implements PageWriter {

        private final ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
        private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
        private final Set<Encoding> encodings = new TreeSet<>();
        private @Nullable Statistics<?> statistics;
        private long values;
        private long uncompressed;

        ByteArrayOutputStream dictionary() {
            return dictionary;
        }

        ByteArrayOutputStream pages() {
            return pages;
        }

        Set<Encoding> encodings() {
            return encodings;
        }

        /** Of all pages; null if there is none. */
        @Nullable
        Statistics<?> statistics() {
            return statistics;
        }

        long values() {
            return values;
        }

        /** What the pages with their headers would take without compression, in bytes. */
        long uncompressed() {
            return uncompressed;
        }

        @Override
        public void writePage(
                BytesInput bytes,
                int valueCount,
                Statistics<?> ofPage,
                org.apache.parquet.column.Encoding repetition,
                org.apache.parquet.column.Encoding definition,
                org.apache.parquet.column.Encoding encoding)
                throws IOException {
            DataPageHeader header =
                    new DataPageHeader(valueCount, known(encoding), known(definition), known(repetition));
            PageHeader page = new PageHeader(PageType.DATA_PAGE, 0, 0);
            page.setData_page_header(header);
            write(page, bytes, pages);
            values += valueCount;
            if (statistics == null) {
                statistics = ofPage.copy();
            } else {
                statistics.mergeStatistics(ofPage);
            }
        }

        @Override
        public void writePage(
                BytesInput bytes,
                int valueCount,
                int rowCount,
                Statistics<?> ofPage,
                org.apache.parquet.column.Encoding repetition,
                org.apache.parquet.column.Encoding definition,
                org.apache.parquet.column.Encoding encoding)
                throws IOException {
            writePage(bytes, valueCount, ofPage, repetition, definition, encoding);
        }

        @Override
        public void writePage(
                BytesInput bytes,
                int valueCount,
                int rowCount,
                Statistics<?> ofPage,
                SizeStatistics sizes,
                org.apache.parquet.column.Encoding repetition,
                org.apache.parquet.column.Encoding definition,
                org.apache.parquet.column.Encoding encoding)
                throws IOException {
            writePage(bytes, valueCount, ofPage, repetition, definition, encoding);
        }

        @Override
        public void writePage(
                BytesInput bytes,
                int valueCount,
                int rowCount,
                Statistics<?> ofPage,
                SizeStatistics sizes,
                GeospatialStatistics shapes,
                org.apache.parquet.column.Encoding repetition,
                org.apache.parquet.column.Encoding definition,
                org.apache.parquet.column.Encoding encoding)
                throws IOException {
            writePage(bytes, valueCount, ofPage, repetition, definition, encoding);
        }

        @Override
        public void writePageV2(
                int rowCount,
                int nullCount,
                int valueCount,
                BytesInput repetition,
                BytesInput definition,
                org.apache.parquet.column.Encoding encoding,
                BytesInput data,
                Statistics<?> ofPage) {
            throw new UnsupportedOperationException("Pages are written in version 1");
        }

        @Override
        public void writeDictionaryPage(DictionaryPage page) throws IOException {
            PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, 0, 0);
            header.setDictionary_page_header(
                    new DictionaryPageHeader(page.getDictionarySize(), known(page.getEncoding())));
            write(header, page.getBytes(), dictionary);
        }

        private void write(PageHeader header, BytesInput bytes, ByteArrayOutputStream to) throws IOException {
            ByteArrayOutputStream page = new ByteArrayOutputStream(Math.toIntExact(bytes.size()));
            bytes.writeAllTo(page);
            byte[] plain = page.toByteArray();
            byte[] compressed = Zstd.compress(plain, LEVEL);
            header.setUncompressed_page_size(plain.length);
            header.setCompressed_page_size(compressed.length);
            int before = to.size();
            Util.writePageHeader(header, to);
            uncompressed += to.size() - before + plain.length;
            to.write(compressed);
        }

        private Encoding known(org.apache.parquet.column.Encoding encoding) {
            Encoding known = Encoding.valueOf(encoding.name());
            encodings.add(known);
            return known;
        }

        @Override
        public long getMemSize() {
            return (long) dictionary.size() + pages.size();
        }

        @Override
        public long allocatedSize() {
            return getMemSize();
        }

        @Override
        public String memUsageString(String prefix) {
            return prefix + getMemSize() + " bytes";
        }
    }
}

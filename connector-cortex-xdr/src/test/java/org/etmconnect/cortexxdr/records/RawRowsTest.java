// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.connector.RawSample;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.MemoryPages;
import org.etmconnect.cortexxdr.client.TenantJson;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RawRowsTest {

    private final JsonMapper json = TenantJson.streamed();

    @Test
    void rowsOfManyPagesAreTakenFromAllOverThem() {
        MemoryPages pages = new MemoryPages();
        for (int page = 0; page < 1_000; page++) {
            int first = page * 100;
            put(
                    pages,
                    "%04d".formatted(page),
                    100,
                    IntStream.range(first, first + 100)
                            .mapToObj(number -> "{\"endpoint_id\":\"" + number + "\"}")
                            .collect(Collectors.joining(",", "{\"reply\":{\"endpoints\":[", "]}}")));
        }

        RawSample sample = RawRows.sample(pages, 2_000, json).getFirst();

        List<Integer> numbers = sample.records().stream()
                .map(row -> Integer.parseInt(row.path("endpoint_id").asString()))
                .toList();
        assertThat(sample.whole()).isFalse();
        assertThat(numbers).hasSize(2_000).doesNotHaveDuplicates();
        for (int tenth = 0; tenth < 10; tenth++) {
            int from = tenth * 10_000;
            assertThat(numbers)
                    .filteredOn(number -> number >= from && number < from + 10_000)
                    .hasSize(200);
        }
    }

    @Test
    void aFewRowsAreTakenAllAndThoseThatAreNoneArePassedOver() {
        MemoryPages pages = new MemoryPages();
        put(pages, "0", 2, "{\"reply\":{\"endpoints\":[{\"ip\":[1,{\"a\":null}],\"x\":\"\"},{\"ip\":null}]}}");
        put(pages, "1", 1, "<html>");
        pages.put(
                "va_cves",
                "cves",
                "",
                3,
                Map.of("form", "stream"),
                "{\"name\":\"A\"}\n{\"name\":\n{\"name\":\"B\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(RawRows.sample(pages, 2_000, json))
                .extracting(RawSample::stream, sample -> sample.records().toString())
                .containsExactly(
                        tuple("endpoints", "[{\"ip\":[1,{\"a\":null}],\"x\":\"\"}, {\"ip\":null}]"),
                        tuple("va_cves", "[{\"name\":\"A\"}, {\"name\":\"B\"}]"));
    }

    @Test
    void ofAHugeQueryResultNoMoreThanItsBeginningIsRead() {
        byte[] row = ("{\"name\":\"CVE-2026-0001\",\"affected_hosts\":["
                        + "\"host-name-of-some-length\",".repeat(40_000) + "\"last\"],\"severity\":\"HIGH\"}\n")
                .getBytes(StandardCharsets.UTF_8);
        AtomicLong read = new AtomicLong();
        StoredPages endless = new StoredPages() {
            private final StoredPage page = new StoredPage(
                    "va_cves", "cves", "", 10_000, 10_000L * row.length, "", Instant.EPOCH, Map.of("form", "stream"));

            @Override
            public List<StoredPage> pages(String stream) {
                return stream.equals("va_cves") ? List.of(page) : List.of();
            }

            @Override
            public Optional<StoredPage> page(String stream, String key) {
                return Optional.of(page);
            }

            @Override
            public InputStream open(StoredPage stored) {
                return new Endless(row, read);
            }
        };

        RawSample sample = RawRows.sample(endless, 2_000, json).getFirst();

        assertThat(read.get()).isBetween(40L << 20, 50L << 20);
        assertThat(sample.records()).hasSizeBetween(40, 50).allSatisfy(each -> {
            assertThat(each.path("affected_hosts")).hasSize(20);
            assertThat(each.path("severity").asString()).isEqualTo("HIGH");
        });
        assertThat(sample.whole()).isFalse();
    }

    private static void put(MemoryPages pages, String key, long rows, String body) {
        pages.put("endpoints", key, "", rows, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The same row for ever. */
    private static final class Endless extends FilterInputStream {
        private final byte[] row;
        private final AtomicLong read;
        private int at;

        Endless(byte[] row, AtomicLong read) {
            super(InputStream.nullInputStream());
            this.row = row;
            this.read = read;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int count = Math.min(length, row.length - at);
            System.arraycopy(row, at, to, offset, count);
            at = (at + count) % row.length;
            read.addAndGet(count);
            return count;
        }
    }
}

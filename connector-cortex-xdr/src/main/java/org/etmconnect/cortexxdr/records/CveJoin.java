// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.stored.Streams;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The CVEs of a snapshot and which hosts have them. The dataset lists hosts by CVE, by name only; endpoints that share a
 * name were asked about one by one, and what was answered about them counts instead.
 */
final class CveJoin implements AutoCloseable {

    static final String AFFECTED_HOSTS = "affected_hosts";
    private static final Set<String> NUMBERS = Set.of("severity_score", "exploitability_score", "impact_score");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
    private static final Set<String> LISTS = Set.of("affected_products", "os_type");
    private static final int NO_ITEM = -1;
    /** What a row says besides its hosts is a few kilobytes. */
    private static final int MOST_BYTES_OF_A_ROW = 1 << 20;

    private static final int MOST_CVES_OF_A_ROW = 100_000;
    private static final int SHOWN = 8192;

    private final JsonMapper json;
    private final Consumer<RejectedRow> rejected;
    private final NameTable names = new NameTable();
    private final Inversion inversion;
    private final Blobs items;
    private final Map<String, Integer> itemByName = new HashMap<>();
    private final Map<String, Integer> itemById = new HashMap<>();
    /** Which of the lists {@link #ownCves} is the endpoint's. */
    private final Map<String, Integer> byEndpoint = new HashMap<>();

    private final IntLists.Builder ownBuilder;
    private @Nullable IntLists ownCves;
    private int[] itemOfRow = new int[1024];
    private int rows;
    private int ownLists;
    private @Nullable IntLists cvesByHost;

    private CveJoin(RecordOptions options, JsonMapper json, Consumer<RejectedRow> rejected) {
        this.json = json;
        this.rejected = rejected;
        this.inversion = new Inversion(options.memoryBytes() / 2, options.workDirectory());
        this.items = new Blobs(options.memoryBytes() / 4, options.workDirectory());
        this.ownBuilder = IntLists.builder(options.memoryBytes() / 8, options.workDirectory());
    }

    /** Reads the CVEs out of {@code pages}. */
    static CveJoin open(StoredPages pages, RecordOptions options, JsonMapper json, Consumer<RejectedRow> rejected) {
        CveJoin join = new CveJoin(options, json, rejected);
        try {
            join.read(pages);
            return join;
        } catch (IOException e) {
            join.close();
            throw new UncheckedIOException("The stored vulnerabilities cannot be read back", e);
        } catch (RuntimeException e) {
            join.close();
            throw e;
        }
    }

    private void read(StoredPages pages) throws IOException {
        try (PairIntake pairs = new PairIntake(names, inversion)) {
            RowReader reader = (parser, row) -> cve(parser, row, pairs);
            for (StoredPage page : pages.pages(Streams.CVES)) {
                try (InputStream body = pages.open(page)) {
                    if (isStream(page)) {
                        // the row that is begun with the line
                        Lines lines =
                                new Lines(body, AFFECTED_HOSTS, (bytes, from, to) -> host(bytes, from, to, pairs));
                        lines(page, lines, reader);
                    } else {
                        inline(page, body, reader);
                    }
                }
            }
            pairs.finish();
        }
        cvesByHost = inversion.finish(itemOfRow);
        inversion.close();
        for (StoredPage page : pages.pages(Streams.ENDPOINT_CVES)) {
            try (InputStream body = pages.open(page)) {
                RowReader reader = (parser, row) -> endpoint(parser);
                if (isStream(page)) {
                    lines(page, new Lines(body), reader);
                } else {
                    inline(page, body, reader);
                }
            }
        }
        ownCves = ownBuilder.build();
        itemByName.clear();
        itemById.clear();
    }

    int itemCount() {
        return items.size();
    }

    ObjectNode item(int index) {
        try {
            return (ObjectNode) json.readTree(items.get(index));
        } catch (IOException e) {
            throw new UncheckedIOException("The CVE " + index + " cannot be read back", e);
        }
    }

    /** Whether the vendor said by the host's id what it has, and not by its name alone. */
    boolean isById(String endpointId) {
        return byEndpoint.containsKey(endpointId);
    }

    /** The items of the host, ascending. */
    int[] itemsOf(String endpointId, String name) {
        Integer own = byEndpoint.get(endpointId);
        IntLists lists = own == null ? cvesByHost : ownCves;
        return lists == null ? new int[0] : lists.get(own == null ? names.find(name) : own);
    }

    /** Reads one row from its opening brace to its closing one. */
    @FunctionalInterface
    private interface RowReader {
        /**
         * @param row its number among all rows
         * @return what is wrong with the row; empty if nothing is
         */
        String read(JsonParser parser, int row) throws IOException;
    }

    private static boolean isStream(StoredPage page) {
        return page.facts().getOrDefault("form", "").equals("stream");
    }

    /** A row that counts for nothing until it is read to its end. */
    private int beginRow() {
        int row = rows++;
        if (row == itemOfRow.length) {
            itemOfRow = Arrays.copyOf(itemOfRow, row * 2);
        }
        itemOfRow[row] = NO_ITEM;
        return row;
    }

    private void lines(StoredPage page, Lines lines, RowReader reader) throws IOException {
        while (lines.next()) {
            String wrong = line(lines, reader);
            if (!wrong.isEmpty()) {
                reject(page, lines.number(), wrong, lines.shown());
            }
        }
    }

    private String line(Lines lines, RowReader reader) throws IOException {
        int row = beginRow();
        try (JsonParser parser = json.createParser(lines)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return "The line is no JSON object.";
            }
            String wrong = reader.read(parser, row);
            if (wrong.isEmpty() && parser.nextToken() != null) {
                itemOfRow[row] = NO_ITEM;
                return "The line goes on after its JSON object.";
            }
            return wrong;
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            itemOfRow[row] = NO_ITEM;
            return "The line is not JSON: " + e.getOriginalMessage() + ".";
        }
    }

    private void inline(StoredPage page, InputStream body, RowReader reader) throws IOException {
        long number = 0;
        try (JsonParser parser = json.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                boolean data = token == JsonToken.START_ARRAY
                        && ("data".equals(parser.currentName()) || "results".equals(parser.currentName()));
                if (!data) {
                    continue;
                }
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    number++;
                    if (parser.currentToken() != JsonToken.START_OBJECT) {
                        parser.skipChildren();
                        reject(page, number, "The row is no JSON object.", "");
                        continue;
                    }
                    String wrong = reader.read(parser, beginRow());
                    if (!wrong.isEmpty()) {
                        reject(page, number, wrong, "");
                    }
                }
                return;
            }
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            reject(page, number + 1, "The reply is not JSON from here on: " + e.getOriginalMessage() + ".", "");
        }
    }

    private void reject(StoredPage page, long row, String reason, String text) {
        rejected.accept(new RejectedRow(
                page.stream(), page.key(), row, reason, text.substring(0, Math.min(text.length(), SHOWN))));
    }

    private String cve(JsonParser parser, int row, PairIntake pairs) throws IOException {
        String name = "";
        String id = "";
        boolean excluded = false;
        Beginning bytes = new Beginning();
        try (JsonGenerator out = json.createGenerator(bytes)) {
            out.writeStartObject();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals(AFFECTED_HOSTS)) {
                    hosts(parser, row, pairs);
                    continue;
                }
                if (value == JsonToken.VALUE_STRING) {
                    switch (field) {
                        case "name" -> name = parser.getString().strip();
                        case "cve_id" -> id = parser.getString().strip();
                        default -> {}
                    }
                }
                excluded |= field.equals("is_excluded") && isYes(parser);
                copy(parser, field, out);
            }
            out.writeEndObject();
        }
        if (bytes.isCut()) {
            return "Besides its hosts, the row holds more than " + (MOST_BYTES_OF_A_ROW >> 10) + " KiB.";
        }
        if (name.isEmpty() || isNull(name)) {
            return "The row has no CVE name.";
        }
        // One place decides about dismissed CVEs: the console hides them from its lists and counts once a person has
        // excluded them, so who uses that console expects not to see them here.
        int item = excluded ? NO_ITEM : item(name, bytes.toByteArray());
        itemOfRow[row] = item;
        itemByName.putIfAbsent(nameKey(name), item);
        if (!id.isEmpty()) {
            itemById.putIfAbsent(id, item);
        }
        return "";
    }

    /** Keeps so many bytes and lets the rest go by. */
    private static final class Beginning extends ByteArrayOutputStream {

        private boolean cut;

        Beginning() {
            super(512);
        }

        @Override
        public synchronized void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            cut |= size() + length > MOST_BYTES_OF_A_ROW;
            if (!cut) {
                super.write(from, offset, length);
            }
        }

        boolean isCut() {
            return cut;
        }
    }

    /** A CVE may come in several rows, one for each product say: it is one item, with the first row's fields. */
    private int item(String name, byte[] fields) throws IOException {
        Integer known = itemByName.get(nameKey(name));
        if (known != null && known >= 0) {
            return known;
        }
        int item = items.add(fields);
        itemByName.put(nameKey(name), item);
        return item;
    }

    private static String nameKey(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    private void hosts(JsonParser parser, int row, PairIntake pairs) throws IOException {
        switch (parser.currentToken()) {
            case START_ARRAY -> {
                for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                    if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
                        host(parser, row, pairs);
                    } else {
                        parser.skipChildren();
                    }
                }
            }
            case VALUE_STRING -> {
                String text = parser.getString().strip();
                if (text.startsWith("[")) {
                    try (JsonParser inner = json.createParser(text)) {
                        inner.nextToken();
                        hosts(inner, row, pairs);
                    }
                } else {
                    host(parser, row, pairs);
                }
            }
            default -> parser.skipChildren();
        }
    }

    private static void host(JsonParser parser, int row, PairIntake pairs) throws IOException {
        String name = parser.getString();
        if (!isNull(name)) {
            pairs.add(row, name);
        }
    }

    /** Takes a host of the row begun last. */
    private void host(byte[] bytes, int from, int to, PairIntake pairs) throws IOException {
        boolean isNull = to - from == 4
                && bytes[from] == 'N'
                && bytes[from + 1] == 'U'
                && bytes[from + 2] == 'L'
                && bytes[from + 3] == 'L';
        if (!isNull) {
            pairs.add(rows - 1, bytes, from, to);
        }
    }

    private static void copy(JsonParser parser, String field, JsonGenerator out) {
        switch (parser.currentToken()) {
            case VALUE_NULL -> {}
            case VALUE_STRING -> text(parser.getString().strip(), field, out);
            default -> {
                out.writeName(field);
                out.copyCurrentStructure(parser);
            }
        }
    }

    /** XQL writes null, true and false as words at times, and numbers as text. */
    private static void text(String text, String field, JsonGenerator out) {
        if (text.isEmpty() || isNull(text)) {
            return;
        }
        out.writeName(field);
        if (text.equals("TRUE") || text.equals("FALSE")) {
            out.writeBoolean(text.equals("TRUE"));
        } else if (NUMBERS.contains(field) && NUMBER.matcher(text).matches()) {
            out.writeNumber(new BigDecimal(text));
        } else if (LISTS.contains(field)) {
            out.writeStartArray();
            out.writeString(text);
            out.writeEndArray();
        } else {
            out.writeString(text);
        }
    }

    private static boolean isYes(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_STRING -> {
                String text = parser.getString().strip();
                yield text.equalsIgnoreCase("YES") || text.equalsIgnoreCase("TRUE");
            }
            default -> false;
        };
    }

    private static boolean isNull(String text) {
        return text.equals("NULL");
    }

    private String endpoint(JsonParser parser) throws IOException {
        String id = "";
        List<String> cves = new ArrayList<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("endpoint_id") && value.isScalarValue()) {
                id = parser.getString().strip();
            } else if (field.equals("cves") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (parser.currentToken() == JsonToken.VALUE_STRING && cves.size() <= MOST_CVES_OF_A_ROW) {
                        cves.add(parser.getString().strip());
                    } else {
                        parser.skipChildren();
                    }
                }
            } else if (field.equals("cves") && value == JsonToken.VALUE_STRING) {
                cves.add(parser.getString().strip());
            } else {
                parser.skipChildren();
            }
        }
        if (cves.size() > MOST_CVES_OF_A_ROW) {
            return "The row has more than " + MOST_CVES_OF_A_ROW + " CVEs.";
        }
        if (id.isEmpty() || isNull(id)) {
            return "The row has no endpoint_id.";
        }
        Optional<int[]> known = own(cves);
        if (known.isPresent()) {
            byEndpoint.put(id, ownLists++);
            ownBuilder.add(known.get(), 0, known.get().length);
        }
        return "";
    }

    /** The items of these CVEs; empty if none of them is known, so that they say nothing about the endpoint. */
    private Optional<int[]> own(List<String> cves) {
        List<String> named = cves.stream()
                .filter(cve -> !cve.isEmpty() && !isNull(cve) && !cve.equalsIgnoreCase("No CVEs Found"))
                .toList();
        List<Integer> known = named.stream()
                .map(cve -> itemByName.getOrDefault(nameKey(cve), itemById.get(cve)))
                .filter(Objects::nonNull)
                .toList();
        if (!named.isEmpty() && known.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(known.stream()
                .mapToInt(Integer::intValue)
                .filter(item -> item >= 0)
                .sorted()
                .distinct()
                .toArray());
    }

    @Override
    public void close() {
        IntLists lists = cvesByHost;
        IntLists own = ownCves;
        try (items;
                inversion;
                ownBuilder;
                own;
                lists) {
            cvesByHost = null;
            ownCves = null;
        } catch (IOException e) {
            throw new UncheckedIOException("The spill files of the join could not be removed", e);
        }
    }
}

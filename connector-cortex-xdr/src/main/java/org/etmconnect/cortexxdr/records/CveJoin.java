// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
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
    private final Map<String, int[]> byEndpoint = new HashMap<>();
    private int[] itemOfRow = new int[1024];
    private int rows;
    private @Nullable IntLists cvesByHost;

    private CveJoin(RecordOptions options, JsonMapper json, Consumer<RejectedRow> rejected) {
        this.json = json;
        this.rejected = rejected;
        this.inversion = new Inversion(options.memoryBytes() / 2, options.workDirectory());
        this.items = new Blobs(options.memoryBytes() / 4, options.workDirectory());
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
        for (StoredPage page : pages.pages(Streams.CVES)) {
            try (InputStream body = pages.open(page)) {
                rows(page, body, this::cve);
            }
        }
        cvesByHost = inversion.finish(itemOfRow);
        inversion.close();
        for (StoredPage page : pages.pages(Streams.ENDPOINT_CVES)) {
            try (InputStream body = pages.open(page)) {
                rows(page, body, this::endpoint);
            }
        }
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
        int[] own = byEndpoint.get(endpointId);
        IntLists lists = cvesByHost;
        return own != null || lists == null ? own == null ? new int[0] : own : lists.get(names.find(name));
    }

    /** Reads one row from its opening brace to its closing one. */
    @FunctionalInterface
    private interface RowReader {
        /** What is wrong with the row; empty if nothing is. */
        String read(JsonParser parser) throws IOException;
    }

    private void rows(StoredPage page, InputStream body, RowReader reader) throws IOException {
        if (page.facts().getOrDefault("form", "").equals("stream")) {
            lines(page, body, reader);
        } else {
            inline(page, body, reader);
        }
    }

    private void lines(StoredPage page, InputStream body, RowReader reader) throws IOException {
        Lines lines = new Lines(body);
        while (lines.next()) {
            String wrong = line(lines, reader);
            if (!wrong.isEmpty()) {
                reject(page, lines.number(), wrong, lines.shown());
            }
        }
    }

    private String line(Lines lines, RowReader reader) throws IOException {
        int before = rows;
        try (JsonParser parser = json.createParser(lines)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return "The line is no JSON object.";
            }
            String wrong = reader.read(parser);
            if (wrong.isEmpty() && parser.nextToken() != null) {
                forget(before);
                return "The line goes on after its JSON object.";
            }
            return wrong;
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io && !(io instanceof CharConversionException)) {
                throw io;
            }
            forget(before);
            return "The line is not JSON: " + e.getOriginalMessage() + ".";
        }
    }

    /** Takes back the row that was begun as {@code row}, with the hosts it named. */
    private void forget(int row) {
        if (rows > row) {
            itemOfRow[row] = NO_ITEM;
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
                    String wrong = reader.read(parser);
                    if (!wrong.isEmpty()) {
                        reject(page, number, wrong, "");
                    }
                }
                return;
            }
        } catch (JacksonException e) {
            if (e.getCause() instanceof IOException io && !(io instanceof CharConversionException)) {
                throw io;
            }
            reject(page, number + 1, "The reply is not JSON from here on: " + e.getOriginalMessage() + ".", "");
        }
    }

    private void reject(StoredPage page, long row, String reason, String text) {
        rejected.accept(new RejectedRow(
                page.stream(), page.key(), row, reason, text.substring(0, Math.min(text.length(), SHOWN))));
    }

    private String cve(JsonParser parser) throws IOException {
        int row = rows++;
        if (row == itemOfRow.length) {
            itemOfRow = Arrays.copyOf(itemOfRow, row * 2);
        }
        itemOfRow[row] = NO_ITEM;
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
                    hosts(parser, row);
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

    private void hosts(JsonParser parser, int row) throws IOException {
        switch (parser.currentToken()) {
            case START_ARRAY -> {
                for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                    if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
                        host(parser, row);
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
                        hosts(inner, row);
                    }
                } else {
                    host(parser, row);
                }
            }
            default -> parser.skipChildren();
        }
    }

    private void host(JsonParser parser, int row) throws IOException {
        char[] text = parser.getStringCharacters();
        int offset = parser.getStringOffset();
        int length = parser.getStringLength();
        if (length == 4 && isNull(new String(text, offset, length))) {
            return;
        }
        int name = names.intern(text, offset, length);
        if (name != NameTable.UNKNOWN) {
            inversion.add(name, row);
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
        } else if (NUMBERS.contains(field) && text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
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

    private String endpoint(JsonParser parser) {
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
        String endpointId = id;
        own(cves).ifPresent(cvesOfIt -> byEndpoint.put(endpointId, cvesOfIt));
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
        try (items;
                inversion;
                lists) {
            cvesByHost = null;
        } catch (IOException e) {
            throw new UncheckedIOException("The spill files of the join could not be removed", e);
        }
    }
}

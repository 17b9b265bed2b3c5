// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.RawSample;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.stored.Streams;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Takes some rows out of stored pages as they came, spread evenly. Rows that cannot be read are passed over. */
public final class RawRows {

    private static final int PAGES = 100;
    /** One query result holds all CVEs with their hosts, gigabytes of it: its beginning has to do. It is ordered by chance. */
    private static final long BYTES = 48L << 20;

    private static final int ELEMENTS = 20;
    private static final int DEEPEST = 8;

    private final JsonMapper json;
    private final List<ObjectNode> taken = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final int most;
    /** Every how many rows one is taken, and how many were passed. */
    private long step;

    private long row;

    private RawRows(JsonMapper json, int most) {
        this.json = json;
        this.most = most;
    }

    /** Samples of the streams that the pages have. */
    public static List<RawSample> sample(StoredPages pages, int most, JsonMapper json) {
        List<RawSample> samples = new ArrayList<>();
        List<StoredPage> endpoints = pages.pages(Streams.ENDPOINTS);
        if (!endpoints.isEmpty()) {
            samples.add(new RawRows(json, most).sample(pages, endpoints, "", Set.of()));
        }
        List<StoredPage> cves = pages.pages(Streams.CVES);
        if (!cves.isEmpty()) {
            samples.add(new RawRows(json, most).sample(pages, cves, "cves[]", Set.of(CveJoin.AFFECTED_HOSTS)));
        }
        return samples;
    }

    private RawSample sample(StoredPages pages, List<StoredPage> stored, String path, Set<String> usedUp) {
        String stream = stored.getFirst().stream();
        List<StoredPage> chosen = new ArrayList<>();
        int count = Math.min(PAGES, stored.size());
        for (int i = 0; i < count; i++) {
            chosen.add(stored.get((int) ((long) i * stored.size() / count)));
        }
        long rows = chosen.stream().mapToLong(StoredPage::rows).sum();
        long bytes = chosen.stream().mapToLong(StoredPage::bytes).sum();
        double readable = bytes <= BYTES ? 1 : (double) BYTES / bytes;
        step = Math.max(1, (long) Math.ceil(rows * readable / most));
        long left = BYTES;
        for (StoredPage page : chosen) {
            try (InputStream body = pages.open(page)) {
                InputStream part = new Beginning(body, Math.min(left, page.bytes()));
                left -= page.bytes();
                if (page.facts().getOrDefault("form", "").equals("stream")) {
                    lines(part);
                } else {
                    inline(part);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The stored page " + page.key() + " of " + stream + " cannot be read back", e);
            }
            if (left <= 0) {
                break;
            }
        }
        boolean whole = count == stored.size() && step == 1 && readable == 1;
        return new RawSample(stream, path, whole, usedUp, taken);
    }

    private void lines(InputStream body) throws IOException {
        Lines lines = new Lines(body);
        while (taken.size() < most && lines.next()) {
            if (isDue()) {
                try (JsonParser parser = json.createParser(lines)) {
                    parser.nextToken();
                    take(parser);
                } catch (JacksonException e) {
                    passOver(e);
                }
            }
        }
    }

    private void inline(InputStream body) throws IOException {
        try (JsonParser parser = json.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token != JsonToken.START_ARRAY || !isRows(parser.currentName())) {
                    continue;
                }
                while (taken.size() < most && parser.nextToken() == JsonToken.START_OBJECT) {
                    if (isDue()) {
                        take(parser);
                    } else {
                        parser.skipChildren();
                    }
                }
                return;
            }
        } catch (JacksonException e) {
            passOver(e);
        }
    }

    /** That a row is no JSON is for those to say who have to use it; that the disk fails is not. */
    private static void passOver(JacksonException e) throws IOException {
        if (e.getCause() instanceof IOException io) {
            throw io;
        }
    }

    private static boolean isRows(String name) {
        return "endpoints".equals(name) || "data".equals(name) || "results".equals(name);
    }

    private boolean isDue() {
        return row++ % step == 0;
    }

    private void take(JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            ObjectNode record = object(parser, 0);
            String id = record.path("endpoint_id").asString("");
            // pages overlap
            if (id.isEmpty() || ids.add(id)) {
                taken.add(record);
            }
        }
    }

    private ObjectNode object(JsonParser parser, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            object.set(name, value(parser, depth + 1));
        }
        return object;
    }

    private JsonNode value(JsonParser parser, int depth) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                if (depth < DEEPEST) {
                    yield object(parser, depth);
                }
                parser.skipChildren();
                yield nodes.nullNode();
            }
            case START_ARRAY -> {
                ArrayNode list = nodes.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (list.size() < ELEMENTS && depth < DEEPEST) {
                        list.add(value(parser, depth + 1));
                    } else {
                        parser.skipChildren();
                    }
                }
                yield list;
            }
            case VALUE_STRING -> nodes.stringNode(parser.getString());
            case VALUE_NUMBER_INT -> nodes.numberNode(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> nodes.booleanNode(parser.getBooleanValue());
            default -> nodes.nullNode();
        };
    }

    /** The first bytes of a page. */
    private static final class Beginning extends InputStream {

        private final InputStream in;
        private long left;

        Beginning(InputStream in, long bytes) {
            this.in = in;
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = in.read(to, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}

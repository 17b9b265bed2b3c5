// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.stored.EndpointCover;
import org.etmconnect.cortexxdr.stored.EndpointPage;
import org.etmconnect.cortexxdr.stored.EndpointRows;
import org.etmconnect.cortexxdr.stored.IdSet;
import org.etmconnect.cortexxdr.stored.SharedNames;
import org.etmconnect.cortexxdr.stored.Streams;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The hosts of a snapshot with their CVEs. An endpoint stands on two pages where windows overlap or were read again; its
 * first copy in the order of pages counts, so that a second pass, and {@link #find}, give the same.
 */
public final class CortexRecords implements SourceRecords {

    private static final String CVES = "cves";
    private static final int SHOWN = 8192;

    private final StoredPages pages;
    private final Consumer<RejectedRow> rejected;
    private final JsonMapper json;
    private final CveJoin join;
    private final boolean known;
    /** Hosts of which it cannot be known by their names what they have. */
    private final Set<String> ambiguous;

    private boolean rejectionsTold;

    private CortexRecords(
            StoredPages pages,
            Consumer<RejectedRow> rejected,
            JsonMapper json,
            CveJoin join,
            boolean known,
            Set<String> ambiguous) {
        this.pages = pages;
        this.rejected = rejected;
        this.json = json;
        this.join = join;
        this.known = known;
        this.ambiguous = ambiguous;
    }

    /**
     * Reads the CVEs, which takes memory as {@code options} allow and beyond them some 40 bytes for each different host
     * name and 100 for each different CVE.
     *
     * @param rejected told of CVE rows now, and of endpoints during the first pass over {@link #records}
     */
    public static CortexRecords open(
            StoredPages pages, RecordOptions options, Consumer<RejectedRow> rejected, JsonMapper json) {
        // An empty dataset is what a tenant has whose Host Insights licence ended: it says nothing about the hosts.
        boolean known = pages.pages(Streams.CVES).stream().anyMatch(page -> page.rows() > 0);
        Set<String> ambiguous = new HashSet<>();
        if (known) {
            ambiguous.addAll(LookedUp.endpointIds(json, pages));
            if (!options.complete()) {
                ambiguous.addAll(ofSharedNames(pages, json));
            }
        }
        return new CortexRecords(pages, rejected, json, CveJoin.open(pages, options, json, rejected), known, ambiguous);
    }

    private static Set<String> ofSharedNames(StoredPages pages, JsonMapper json) {
        try {
            return Set.copyOf(new SharedNames(json).endpointIds(pages));
        } catch (IOException e) {
            throw new UncheckedIOException("The stored endpoints cannot be read back", e);
        }
    }

    /** An endpoint in the form of the source model; {@code endpoint} itself is not changed. */
    public static ObjectNode cleaned(ObjectNode endpoint) {
        ObjectNode copy = endpoint.deepCopy();
        EndpointCleaner.clean(copy);
        return copy;
    }

    @Override
    public String sharedArray() {
        return CVES;
    }

    @Override
    public boolean sharedItemsKnown() {
        return known;
    }

    @Override
    public int sharedItemCount() {
        return join.itemCount();
    }

    @Override
    public ObjectNode sharedItem(int index) {
        return join.item(index);
    }

    @Override
    public long recordCount() {
        List<StoredPage> stored = pages.pages(Streams.ENDPOINTS);
        List<EndpointPage> facts = stored.stream().map(EndpointPage::of).toList();
        try {
            long distinct = EndpointCover.of(facts).distinctIds(page -> ids(stored.get(facts.indexOf(page))));
            return distinct + facts.stream().mapToLong(EndpointPage::withoutId).sum();
        } catch (IOException e) {
            throw new UncheckedIOException("The stored endpoints cannot be read back", e);
        }
    }

    private List<String> ids(StoredPage page) throws IOException {
        try (InputStream body = pages.open(page)) {
            return EndpointRows.read(json, body).stream()
                    .map(EndpointRows.Row::id)
                    .toList();
        }
    }

    @Override
    public Iterator<SourceRecord> records() {
        boolean tell = !rejectionsTold;
        rejectionsTold = true;
        return new Pass(pages.pages(Streams.ENDPOINTS), tell);
    }

    @Override
    public Optional<SourceRecord> find(String nativeKey) {
        for (StoredPage page : pages.pages(Streams.ENDPOINTS)) {
            EndpointPage facts = EndpointPage.of(page);
            if (facts.hasIds() && (!facts.ascending() || facts.spans(nativeKey))) {
                for (JsonNode row : rows(page)) {
                    if (row instanceof ObjectNode endpoint && id(endpoint).equals(nativeKey)) {
                        return Optional.of(record(nativeKey, endpoint));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private JsonNode rows(StoredPage page) {
        try (InputStream body = pages.open(page)) {
            return json.readTree(body).path("reply").path("endpoints");
        } catch (IOException | JacksonException e) {
            throw new UncheckedIOException(
                    "The stored page " + page.key() + " of endpoints cannot be read back",
                    e instanceof IOException io ? io : new IOException(e));
        }
    }

    private static String id(ObjectNode endpoint) {
        return endpoint.path("endpoint_id").asString("").strip();
    }

    private SourceRecord record(String id, ObjectNode endpoint) {
        EndpointCleaner.clean(endpoint);
        endpoint.put("endpoint_id", id);
        int[] items = join.itemsOf(id, endpoint.path("endpoint_name").asString(""));
        boolean guessed = items.length > 0 && ambiguous.contains(id) && !join.isById(id);
        return new SourceRecord(id, endpoint, items, !guessed);
    }

    @Override
    public void close() {
        join.close();
    }

    /** One pass over all pages. */
    private final class Pass implements Iterator<SourceRecord> {

        private final Iterator<StoredPage> left;
        private final boolean tell;
        private final IdSet seen = new IdSet();
        private final ArrayDeque<SourceRecord> ready = new ArrayDeque<>();

        Pass(List<StoredPage> stored, boolean tell) {
            this.left = stored.iterator();
            this.tell = tell;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && left.hasNext()) {
                load(left.next());
            }
            return !ready.isEmpty();
        }

        @Override
        public SourceRecord next() {
            if (!hasNext()) {
                throw new NoSuchElementException("All endpoints were read");
            }
            return ready.removeFirst();
        }

        private void load(StoredPage page) {
            long number = 0;
            for (JsonNode row : rows(page)) {
                number++;
                if (!(row instanceof ObjectNode endpoint)) {
                    reject(page, number, "The row is no JSON object.", row);
                } else if (id(endpoint).isEmpty()) {
                    reject(page, number, "The endpoint has no endpoint_id, by which it would be known.", row);
                } else if (seen.add(id(endpoint))) {
                    ready.add(record(id(endpoint), endpoint));
                }
            }
        }

        private void reject(StoredPage page, long number, String reason, JsonNode row) {
            if (tell) {
                String text = row.toString();
                rejected.accept(new RejectedRow(
                        page.stream(), page.key(), number, reason, text.substring(0, Math.min(text.length(), SHOWN))));
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.quarantine.Quarantined;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.MappedRecord;
import tools.jackson.databind.JsonNode;

/** Collects what a run could not use and writes it down in handfuls. Used by one thread. */
final class Quarantine implements Watcher {

    private static final int AT_ONCE = 500;
    private static final int LONGEST_TEXT = 8_192;

    private final QuarantineStore store;
    private final Run run;
    private final List<Quarantined> waiting = new ArrayList<>();
    private long rows;
    private long count;

    Quarantine(QuarantineStore store, Run run) {
        this.store = store;
        this.run = run;
    }

    @Override
    public void unreadable(RejectedRow row) {
        rows++;
        add(new Quarantined(
                Quarantined.Stage.READ,
                row.stream(),
                row.page(),
                row.row(),
                Optional.empty(),
                Optional.empty(),
                row.reason(),
                row.text()));
    }

    @Override
    public void record(SourceRecord host, MappedRecord record) {
        switch (record) {
            case MappedRecord.Mapped ignored -> {}
            case MappedRecord.Rejected rejected -> add(host, rejected);
        }
    }

    private void add(SourceRecord host, MappedRecord.Rejected rejected) {
        add(new Quarantined(
                Quarantined.Stage.RECORD,
                "",
                "",
                0,
                Optional.of(host.nativeKey()),
                Optional.empty(),
                reason(rejected.problems()),
                text(host.document())));
    }

    @Override
    public void finding(Optional<String> nativeKey, MappedItem finding, JsonNode source) {
        switch (finding) {
            case MappedItem.Mapped ignored -> {}
            case MappedItem.Rejected rejected -> add(nativeKey, rejected, source);
        }
    }

    private void add(Optional<String> nativeKey, MappedItem.Rejected rejected, JsonNode source) {
        add(new Quarantined(
                Quarantined.Stage.FINDING,
                "",
                "",
                0,
                nativeKey,
                rejected.key(),
                reason(rejected.problems()),
                text(source)));
    }

    @Override
    public long unreadableRows() {
        return rows;
    }

    @Override
    public long rejected() {
        return count;
    }

    @Override
    public void flush() {
        store.add(run, waiting);
        waiting.clear();
    }

    private void add(Quarantined thing) {
        count++;
        waiting.add(thing);
        if (waiting.size() >= AT_ONCE) {
            flush();
        }
    }

    private static String reason(List<ConversionProblem> problems) {
        return String.join("; ", problems.stream().map(ConversionProblem::text).toList());
    }

    private static String text(JsonNode node) {
        String text = node.toString();
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }
}

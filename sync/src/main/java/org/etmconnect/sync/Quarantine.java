// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.inventory.runs.Quarantined;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.MappedRecord;
import tools.jackson.databind.JsonNode;

/** Collects what a run could not use and writes it down in handfuls. Used by one thread. */
final class Quarantine {

    private static final int AT_ONCE = 500;
    private static final int LONGEST_TEXT = 8_192;

    private final RunStore runs;
    private final Run run;
    private final List<Quarantined> waiting = new ArrayList<>();
    private long rows;
    private long count;

    Quarantine(RunStore runs, Run run) {
        this.runs = runs;
        this.run = run;
    }

    void row(RejectedRow row) {
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

    void record(SourceRecord host, MappedRecord.Rejected rejected) {
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

    void finding(Optional<String> nativeKey, MappedItem.Rejected rejected, JsonNode source) {
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

    /** How many rows of the vendor's answers could not be read. */
    long rows() {
        return rows;
    }

    /** How many things there are in all. */
    long count() {
        return count;
    }

    void flush() {
        runs.quarantine(run, waiting);
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

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.MappedRecord;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;
import tools.jackson.databind.JsonNode;

/** Watches a dry run: counts what is filled and what fails, in bounded memory. Used by one thread. */
final class Survey implements Watcher {

    private static final int EXAMPLES = 5;
    private static final String FINDINGS = "finding[].";

    private final Optional<TransformPlan> current;
    private final FillCount hosts = new FillCount();
    private final FillCount findings = new FillCount();
    private final Map<Integer, Failing> failing = new TreeMap<>();
    /** The last hosts, those of the batch at hand and of the one read meanwhile among them, by the key of the map. */
    private final Map<String, SourceRecord> mapped;

    private long rows;
    private long rejected;

    private static final class Failing {
        final ConversionProblem first;
        final List<DryRunResult.FailureExample> examples = new ArrayList<>();
        final Set<String> values = new TreeSet<>();
        long count;

        Failing(ConversionProblem first) {
            this.first = first;
        }
    }

    /**
     * @param current the map by which the inventory knows the hosts so far, if that can be used
     * @param batch at most so many hosts come before they are applied
     */
    Survey(Optional<TransformPlan> current, int batch) {
        this.current = current;
        this.mapped = Collections.synchronizedMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, SourceRecord> eldest) {
                return size() > 2 * batch;
            }
        });
    }

    @Override
    public void unreadable(RejectedRow row) {
        rows++;
        rejected++;
    }

    @Override
    public void record(SourceRecord host, MappedRecord record) {
        switch (record) {
            case MappedRecord.Mapped document -> {
                hosts.add(document.asset());
                mapped.put(document.nativeKey(), host);
            }
            case MappedRecord.Rejected failed -> {
                rejected++;
                failed.problems().forEach(problem -> failed(host.nativeKey(), problem));
            }
        }
    }

    @Override
    public void finding(Optional<String> nativeKey, MappedItem finding, JsonNode source) {
        switch (finding) {
            case MappedItem.Mapped document -> findings.add(document.finding());
            case MappedItem.Rejected failed -> {
                rejected++;
                failed.problems().forEach(problem -> failed(failed.key().orElse(""), problem));
            }
        }
    }

    private void failed(String of, ConversionProblem problem) {
        Failing row = failing.computeIfAbsent(problem.row(), number -> new Failing(problem));
        row.count++;
        if (row.examples.size() < EXAMPLES && row.values.add(problem.value())) {
            row.examples.add(new DryRunResult.FailureExample(of, problem.value(), problem.reason()));
        }
    }

    /** The key by which the inventory knows a host so far; asked while the next hosts are read. */
    Optional<String> formerKey(String nativeKey) {
        return Optional.ofNullable(mapped.get(nativeKey))
                .flatMap(host -> current.flatMap(plan -> switch (plan.record(host)) {
                    case MappedRecord.Mapped document -> Optional.of(document.nativeKey());
                    case MappedRecord.Rejected ignored -> Optional.empty();
                }));
    }

    List<DryRunResult.Fill> fill(TransformMap map) {
        Set<String> targets = FillCount.targets(map);
        Map<String, Long> filled = new TreeMap<>(hosts.byPath(""));
        filled.putAll(findings.byPath(FINDINGS));
        // The model's own order first, then what open fields hold.
        Set<String> paths = new LinkedHashSet<>(FillCount.paths(EtmHostAsset.model()));
        paths.addAll(filled.keySet());
        return paths.stream()
                .map(path -> new DryRunResult.Fill(
                        path,
                        targets.contains(path.replace("[]", "")),
                        path.startsWith(FINDINGS),
                        filled.getOrDefault(path, 0L),
                        path.startsWith(FINDINGS) ? findings.documents() : hosts.documents()))
                .toList();
    }

    List<DryRunResult.RowFailures> failures() {
        return failing.values().stream()
                .map(row -> new DryRunResult.RowFailures(
                        row.first.row(), row.first.source(), row.first.target(), row.count, row.examples))
                .toList();
    }

    @Override
    public long unreadableRows() {
        return rows;
    }

    @Override
    public long rejected() {
        return rejected;
    }

    @Override
    public void flush() {}
}

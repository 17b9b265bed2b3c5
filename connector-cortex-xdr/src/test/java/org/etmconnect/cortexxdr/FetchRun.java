// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.etmconnect.connector.Completeness;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.SourceFetch;
import org.etmconnect.connector.Split;
import org.etmconnect.connector.SplitOutcome;

/** Runs a fetch to its end as a server would: splits on virtual threads, planned anew whenever one has ended. */
public final class FetchRun implements FetchObserver {

    public final Map<String, Integer> calls = new ConcurrentHashMap<>();
    public final Map<String, Integer> throttled = new ConcurrentHashMap<>();
    public final Map<String, Long> expected = new ConcurrentHashMap<>();
    public final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    public final Map<String, SplitOutcome.Failed> failures = new HashMap<>();

    public Completeness run(SourceFetch fetch, MemoryPages pages) throws Exception {
        Set<String> started = new HashSet<>();
        try (fetch;
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<Map.Entry<String, SplitOutcome>> reading =
                    new ExecutorCompletionService<>(threads);
            int running = 0;
            boolean stop = false;
            while (true) {
                List<Split> splits = stop ? List.of() : fetch.plan(pages, Set.copyOf(started));
                for (Split split : splits) {
                    if (!started.add(split.id())) {
                        throw new AssertionError("The split " + split.id() + " was handed out twice");
                    }
                    reading.submit(() -> Map.entry(split.id(), fetch.read(split, pages, pages)));
                    running++;
                }
                if (running == 0) {
                    return fetch.completeness(pages);
                }
                Map.Entry<String, SplitOutcome> ended = reading.take().get();
                running--;
                if (ended.getValue() instanceof SplitOutcome.Failed failed) {
                    failures.put(ended.getKey(), failed);
                    stop |= failed.fatal();
                }
            }
        }
    }

    @Override
    public void apiCall(String call) {
        calls.merge(call.substring(call.lastIndexOf('/') + 1), 1, Integer::sum);
    }

    @Override
    public void throttled(String call) {
        throttled.merge(call.substring(call.lastIndexOf('/') + 1), 1, Integer::sum);
    }

    @Override
    public void expectedRows(String stream, long rows) {
        expected.put(stream, rows);
    }

    @Override
    public void warning(String message) {
        warnings.add(message);
    }
}

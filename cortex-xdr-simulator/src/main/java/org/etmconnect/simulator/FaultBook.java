// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The scripts in force, each with the count of requests it has seen. Safe for use by several threads. */
final class FaultBook {

    private static final class Entry {
        final FaultScript script;
        final SplittableRandom random;
        long seen;

        Entry(FaultScript script) {
            this.script = script;
            this.random = new SplittableRandom(script.when() instanceof FaultScript.Share share ? share.seed() : 0);
        }

        boolean strikes(String call) {
            if (!script.call().equals("*") && !script.call().equals(call)) {
                return false;
            }
            seen++;
            return switch (script.when()) {
                case FaultScript.Requests requests -> seen >= requests.first() && seen <= requests.last();
                case FaultScript.Share share -> random.nextDouble(100) < share.percent();
            };
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private int hidden;

    synchronized void inject(FaultScript script) {
        entries.add(new Entry(script));
        if (script.fault() instanceof Fault.ShiftingPages shift && shift.hosts() > 0) {
            hidden += shift.hosts();
        }
    }

    synchronized void clear() {
        entries.clear();
        hidden = 0;
    }

    /** How many hosts at the front of the listing are not shown at present. */
    synchronized int hiddenHosts() {
        return hidden;
    }

    /** What befalls the request that has just come in. */
    synchronized Struck strike(String call) {
        List<Fault> faults = new ArrayList<>();
        List<Entry> spent = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.strikes(call)) {
                faults.add(entry.script.fault());
                if (entry.script.fault() instanceof Fault.ShiftingPages shift) {
                    hidden -= shift.hosts();
                    spent.add(entry);
                }
            }
        }
        entries.removeAll(spent);
        return new Struck(List.copyOf(faults));
    }

    /** The faults of one request. */
    record Struck(List<Fault> faults) {

        static final Struck NONE = new Struck(List.of());

        <F extends Fault> Optional<F> first(Class<F> kind) {
            return faults.stream().filter(kind::isInstance).map(kind::cast).findFirst();
        }

        boolean has(Class<? extends Fault> kind) {
            return first(kind).isPresent();
        }

        boolean hasNull(String field) {
            return faults.contains(new Fault.NullList(field));
        }
    }
}

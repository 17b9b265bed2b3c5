// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The faults in force, each with the count of requests it has seen. Safe for use by several threads. */
final class FaultList {

    private static final class Entry {
        final GatewayFault fault;
        final SplittableRandom random = new SplittableRandom(1);
        long seen;

        Entry(GatewayFault fault) {
            this.fault = fault;
        }

        boolean strikes(String call) {
            if (!fault.call().equals("*") && !fault.call().equals(call)) {
                return false;
            }
            seen++;
            return seen >= fault.first() && seen <= fault.last() && random.nextDouble(100) < fault.percent();
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    synchronized void inject(GatewayFault fault) {
        entries.add(new Entry(fault));
    }

    synchronized void clear() {
        entries.clear();
    }

    /** What befalls the request that has just come in. */
    synchronized List<GatewayFault> strike(String call) {
        return entries.stream()
                .filter(entry -> entry.strikes(call))
                .map(entry -> entry.fault)
                .toList();
    }

    static Optional<GatewayFault> find(List<GatewayFault> struck, GatewayFault.Kind kind) {
        return struck.stream().filter(fault -> fault.kind() == kind).findFirst();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import org.etmconnect.connector.SourceRecord;
import tools.jackson.databind.node.ObjectNode;

/** Measures, by hand: host documents and findings a second with the default map, on one core. */
final class Throughput {

    private static final int ROUNDS = 6;

    // Processor time, since other programs may share the core.
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private Throughput() {}

    public static void main(String[] args) {
        TransformPlan plan = Fixture.plan(Fixture.defaultMap());
        ObjectNode before = Fixture.json(Fixture.resource("before.json"));
        ObjectNode cve = (ObjectNode) before.remove("cves").path(0);
        List<SourceRecord> records = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ObjectNode host = before.deepCopy();
            host.put("endpoint_id", "host-" + i);
            host.put("first_seen", 1_713_771_650_561L + i * 7_000_003L);
            records.add(new SourceRecord("host-" + i, host, new int[0]));
        }
        for (int round = 0; round < ROUNDS; round++) {
            int fields = 0;
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < 500_000; i++) {
                MappedRecord mapped = plan.record(records.get(i % records.size()));
                fields += mapped instanceof MappedRecord.Mapped(String key, ObjectNode asset) ? asset.size() : 0;
            }
            double hosts = 500_000 / ((THREADS.getCurrentThreadCpuTime() - start) / 1e9);
            start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < 500_000; i++) {
                fields += plan.item(cve) instanceof MappedItem.Mapped(String key, ObjectNode finding)
                        ? finding.size()
                        : 0;
            }
            double items = 500_000 / ((THREADS.getCurrentThreadCpuTime() - start) / 1e9);
            System.out.printf("%,.0f hosts/s  %,.0f findings/s  (%d)%n", hosts, items, fields);
        }
    }
}

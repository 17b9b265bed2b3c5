// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.cortexxdr.MemoryPages;
import org.etmconnect.cortexxdr.client.TenantJson;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The join gives what a naive join gives, in memory and spilled. */
class JoinTest {

    private static final JsonMapper JSON = TenantJson.streamed();

    private record Fleet(MemoryPages pages, Map<String, Set<String>> naive) {}

    /** Hosts with names that repeat and differ in case, and CVEs some of which come twice or are dismissed. */
    private static Fleet fleet(Random random, int hosts, int cves, boolean stream) {
        Map<String, String> names = new TreeMap<>();
        for (int i = 0; i < hosts; i++) {
            names.put(
                    String.format(Locale.ROOT, "%032x", i),
                    (random.nextInt(4) == 0 ? "Host-Ä" : "Host-")
                            + random.nextInt(Math.max(1, hosts))
                            + (i % 3 == 0 ? " " : ""));
        }
        List<String> nameList = new ArrayList<>(names.values());
        Map<String, Set<String>> naive = new HashMap<>();
        names.keySet().forEach(id -> naive.put(id, new TreeSet<>()));
        ArrayNode rows = JSON.createArrayNode();
        for (int c = 0; c < cves; c++) {
            ObjectNode row = rows.addObject();
            String cve = "CVE-2026-" + (1000 + random.nextInt(Math.max(1, cves * 3 / 4)));
            boolean dismissed = random.nextInt(10) == 0;
            ArrayNode affected = row.putArray("affected_hosts");
            Set<String> hit = new TreeSet<>();
            int count = random.nextInt(hosts + 1);
            for (int k = 0; k < count; k++) {
                String name = nameList.get(random.nextInt(nameList.size()));
                affected.add(random.nextBoolean() ? name.toUpperCase(Locale.ROOT) : " " + name);
                hit.add(name.strip().toLowerCase(Locale.ROOT));
            }
            row.put("name", cve).put("is_excluded", dismissed ? "YES" : "NO");
            if (!dismissed) {
                names.forEach((id, name) -> {
                    if (hit.contains(name.strip().toLowerCase(Locale.ROOT))) {
                        naive.get(id).add(cve);
                    }
                });
            }
        }
        MemoryPages pages = new MemoryPages();
        String body;
        if (stream) {
            StringBuilder lines = new StringBuilder();
            rows.forEach(row -> lines.append(row).append('\n'));
            body = lines.toString();
        } else {
            ObjectNode reply = JSON.createObjectNode();
            reply.putObject("reply")
                    .put("status", "SUCCESS")
                    .putObject("results")
                    .set("data", rows);
            body = reply.toString();
        }
        pages.put(
                "va_cves",
                "all",
                "{}",
                cves,
                Map.of("form", stream ? "stream" : "inline"),
                body.getBytes(StandardCharsets.UTF_8));
        ObjectNode page = JSON.createObjectNode();
        ArrayNode endpoints = page.putObject("reply").putArray("endpoints");
        names.forEach((id, name) -> endpoints.addObject().put("endpoint_id", id).put("endpoint_name", name));
        pages.put("endpoints", "p0", "{}", hosts, Map.of(), page.toString().getBytes(StandardCharsets.UTF_8));
        return new Fleet(pages, naive);
    }

    private static Map<String, Set<String>> joined(MemoryPages pages, long memory) throws IOException {
        Path work = Files.createTempDirectory("join");
        Map<String, Set<String>> result = new HashMap<>();
        try (SourceRecords records = CortexRecords.open(
                pages,
                new RecordOptions(memory, work),
                row -> {
                    throw new AssertionError(row.reason());
                },
                JSON)) {
            for (Iterator<SourceRecord> all = records.records(); all.hasNext(); ) {
                SourceRecord record = all.next();
                assertThat(record.sharedItems()).isSorted().doesNotHaveDuplicates();
                Set<String> cves = new TreeSet<>();
                Arrays.stream(record.sharedItems())
                        .forEach(item ->
                                cves.add(records.sharedItem(item).path("name").asString()));
                result.put(record.nativeKey(), cves);
            }
        }
        Files.delete(work); // fails if a spill file was left behind
        return result;
    }

    @Property(tries = 60)
    void theJoinEqualsANaiveJoin(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int hosts,
            @ForAll @IntRange(max = 30) int cves,
            @ForAll boolean stream)
            throws IOException {
        Fleet fleet = fleet(new Random(seed), hosts, cves, stream);
        assertThat(joined(fleet.pages(), 16 << 20)).isEqualTo(fleet.naive());
    }

    @Property(tries = 3)
    void theJoinEqualsANaiveJoinWhenItSpills(@ForAll long seed) throws IOException {
        Fleet fleet = fleet(new Random(seed), 600, 1_500, true);
        assertThat(joined(fleet.pages(), 1 << 20)).isEqualTo(fleet.naive());
    }

    /** Drives the inversion alone, over many blocks of hosts and with next to no memory. */
    @Property(tries = 20)
    void theInversionEqualsANaiveOneWithHardlyAnyMemory(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path work = Files.createTempDirectory("inversion");
        int rows = 300;
        int[] itemOfRow = new int[rows];
        Map<Integer, Set<Integer>> naive = new HashMap<>();
        int names = 0;
        try (Inversion inversion = new Inversion(4_096, work)) {
            for (int row = 0; row < rows; row++) {
                itemOfRow[row] = random.nextInt(5) == 0 ? -1 : random.nextInt(rows);
                int count = random.nextInt(40);
                for (int k = 0; k < count; k++) {
                    int name = random.nextInt(30_000);
                    names = Math.max(names, name + 1);
                    inversion.add(name, row);
                    if (itemOfRow[row] >= 0) {
                        naive.computeIfAbsent(name, key -> new TreeSet<>()).add(itemOfRow[row]);
                    }
                }
            }
            try (IntLists lists = inversion.finish(itemOfRow)) {
                for (int name = 0; name < names; name++) {
                    List<Integer> list = Arrays.stream(lists.get(name)).boxed().toList();
                    assertThat(list).containsExactlyElementsOf(naive.getOrDefault(name, Set.of()));
                }
            }
        }
        Files.delete(work);
    }
}

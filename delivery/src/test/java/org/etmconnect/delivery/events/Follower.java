// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.jackson.JsonFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etmconnect.delivery.InventoryUnderTest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A receiver that knows the inventory by its events alone, as the reference tells receivers to. */
final class Follower {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SortedMap<Integer, Known> assets = new TreeMap<>();
    private final List<CloudEvent> events = new ArrayList<>();

    private static final class Known {
        private boolean active = true;
        private final SortedSet<String> findings = new TreeSet<>();
    }

    /** Takes an event, which the CloudEvents project's own library has to understand. */
    synchronized CloudEvent take(byte[] json) {
        CloudEvent event = new JsonFormat().deserialize(json);
        events.add(event);
        apply(event);
        return event;
    }

    synchronized List<CloudEvent> events() {
        return List.copyOf(events);
    }

    /** What arrived, repeats left out. */
    List<String> types() {
        Set<String> seen = new HashSet<>();
        return events().stream()
                .filter(event -> seen.add(event.getId()))
                .map(event -> event.getType().substring(CloudEvents.TYPES.length()))
                .toList();
    }

    static JsonNode data(CloudEvent event) {
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        return JSON.readTree(event.getData().toBytes());
    }

    private void apply(CloudEvent event) {
        JsonNode data = data(event);
        int asset = data.at("/asset/id").asInt();
        String finding = data.at("/record/id").asInt() + " "
                + data.at("/finding/externalFindingId").asString("");
        switch (event.getType().substring(CloudEvents.TYPES.length())) {
            case "asset.new" -> known(asset).active = true;
            case "asset.returned" -> known(asset).active = true;
            case "asset.retired" -> known(asset).active = false;
            case "asset.merged" -> assets.remove(asset);
            case "asset.present" -> {
                known(asset).active = true;
                known(asset).findings.clear();
            }
            case "finding.opened", "finding.reopened", "finding.present" ->
                known(asset).findings.add(finding);
            case "finding.fixed" -> known(asset).findings.remove(finding);
            case "finding.moved" -> {
                if (data.at("/to/id").asInt() == asset) {
                    known(asset).findings.add(finding);
                } else {
                    known(asset).findings.remove(finding);
                }
            }
            default -> assertThat(event.getType()).startsWith(CloudEvents.TYPES);
        }
    }

    private Known known(int asset) {
        return assets.computeIfAbsent(asset, id -> new Known());
    }

    /** What it knows, a line for each asset. */
    synchronized List<String> state() {
        return assets.entrySet().stream()
                .map(asset -> asset.getKey()
                        + (asset.getValue().active ? " active " : " retired ")
                        + String.join(", ", asset.getValue().findings))
                .toList();
    }

    /** The same as the inventory says it. */
    static List<String> state(InventoryUnderTest inventory) {
        return List.of(inventory.text("""
                        select coalesce(string_agg(line, chr(10) order by asset_id), '') from (
                            select a.asset_id, a.asset_id || case when a.retired_run is null then ' active ' else ' retired ' end
                                   || coalesce(string_agg(s.source_record_id || ' ' || d.external_finding_id, ', '
                                                          order by (s.source_record_id || ' ' || d.external_finding_id) collate "C"), '') as line
                            from asset a
                            left join (source_record s
                                       join finding_cohort c on c.source_record_id = s.source_record_id and c.fixed_run is null
                                       cross join definition_ids(c.block, c.definitions) as open (definition_id)
                                       join definition d on d.definition_id = open.definition_id) on s.asset_id = a.asset_id
                            group by a.asset_id) lines""").split("\n")).stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import org.etmconnect.simulator.population.Endpoint;
import org.etmconnect.simulator.population.PopulationDay;
import org.etmconnect.simulator.population.PopulationSettings;
import tools.jackson.databind.JsonNode;

class WindowTest {

    private record Tenant(CortexXdrSimulator simulator, TenantClient client) {
        static Tenant start() {
            CortexXdrSimulator simulator =
                    CortexXdrSimulator.start(SimulatorSettings.of(new PopulationSettings(3, 230, 2)));
            return new Tenant(simulator, new TenantClient(simulator));
        }
    }

    private final Store<Tenant> tenant = Store.getOrCreate("tenant", Lifespan.RUN, Tenant::start);

    @AfterContainer
    static void stop() {
        Store<Tenant> tenant = Store.get("tenant");
        tenant.get().client().close();
        tenant.get().simulator().close();
    }

    @Property(tries = 60)
    void aWindowIsTheSliceOfTheWholeSortedAndFilteredList(
            @ForAll @IntRange(max = 260) int from,
            @ForAll @IntRange(max = 100) int size,
            @ForAll @IntRange(max = 2) int order,
            @ForAll boolean ascending,
            @ForAll boolean windowsOnly)
            throws IOException {
        PopulationDay day = tenant.get().simulator().population().day(0);
        List<Endpoint> all = new ArrayList<>();
        for (int rank = 0; rank < day.endpointCount(); rank++) {
            if (!windowsOnly || day.endpoint(rank).os().platform().filterName().equals("windows")) {
                all.add(day.endpoint(rank));
            }
        }
        String field = List.of("endpoint_id", "first_seen", "last_seen").get(order);
        Comparator<Endpoint> byField = List.of(
                        Comparator.comparing(Endpoint::endpointId),
                        Comparator.comparingLong(Endpoint::firstSeen),
                        Comparator.comparingLong(Endpoint::lastSeen))
                .get(order);
        all.sort(ascending ? byField : byField.reversed());
        String rest = ",\"sort\":{\"field\":\"" + field + "\",\"keyword\":\"" + (ascending ? "asc" : "DESC") + "\"}"
                + (windowsOnly
                        ? ",\"filters\":[{\"field\":\"platform\",\"operator\":\"in\",\"value\":[\"windows\"]}]"
                        : "");
        JsonNode reply = tenant.get().client().page(from, from + size, rest).reply();
        assertThat(reply.path("total_count").asInt()).isEqualTo(all.size());
        assertThat(reply.path("endpoints")
                        .valueStream()
                        .map(e -> e.path("endpoint_id").asString()))
                .containsExactlyElementsOf(
                        all.subList(Math.min(from, all.size()), Math.min(from + size, all.size())).stream()
                                .map(Endpoint::endpointId)
                                .toList());
    }
}

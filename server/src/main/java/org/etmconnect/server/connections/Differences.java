// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.server.rest.model.FieldDifferenceDto;
import org.etmconnect.server.rest.model.ScheduleDto;

/** Collects the fields in which two things differ. Credentials are named, never shown. */
public final class Differences {

    private static final int LONGEST = 200;

    private final List<FieldDifferenceDto> found = new ArrayList<>();

    /** What differs, in the order in which it was asked. */
    public List<FieldDifferenceDto> found() {
        return List.copyOf(found);
    }

    /** Compares texts. */
    public Differences text(String field, String before, String after) {
        return value(field, Optional.of(before), Optional.of(after));
    }

    /** Compares values that may be absent. */
    public Differences value(String field, Optional<?> before, Optional<?> after) {
        if (!before.equals(after)) {
            FieldDifferenceDto difference = new FieldDifferenceDto(field, false);
            before.ifPresent(value -> difference.setBefore(shown(value)));
            after.ifPresent(value -> difference.setAfter(shown(value)));
            found.add(difference);
        }
        return this;
    }

    Differences settings(ConnectionSettings before, ConnectionSettings after) {
        value(
                "findingTypes",
                Optional.of(new TreeSet<>(before.findingTypes())),
                Optional.of(new TreeSet<>(after.findingTypes())));
        return values(before.values(), after.values())
                .secrets(before.secrets(), after.secrets())
                .network(before.network(), after.network());
    }

    /** Compares plain settings by key. */
    public Differences values(Map<String, String> before, Map<String, String> after) {
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.forEach(key ->
                value("values." + key, Optional.ofNullable(before.get(key)), Optional.ofNullable(after.get(key))));
        return this;
    }

    /** Compares credentials by key. */
    public Differences secrets(Map<String, Secret> before, Map<String, Secret> after) {
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.forEach(key ->
                secret("secrets." + key, Optional.ofNullable(before.get(key)), Optional.ofNullable(after.get(key))));
        return this;
    }

    /** Compares how something is reached. */
    public Differences network(NetworkOptions before, NetworkOptions after) {
        value(
                "network.proxy.host",
                before.proxy().map(NetworkOptions.Proxy::host),
                after.proxy().map(NetworkOptions.Proxy::host));
        value(
                "network.proxy.port",
                before.proxy().map(NetworkOptions.Proxy::port),
                after.proxy().map(NetworkOptions.Proxy::port));
        value(
                "network.proxy.user",
                before.proxy().flatMap(NetworkOptions.Proxy::user),
                after.proxy().flatMap(NetworkOptions.Proxy::user));
        secret(
                "network.proxy.password",
                before.proxy().flatMap(NetworkOptions.Proxy::password),
                after.proxy().flatMap(NetworkOptions.Proxy::password));
        value("network.caCertificatesPem", before.caCertificatesPem(), after.caCertificatesPem());
        value(
                "network.connectTimeoutSeconds",
                Optional.of(before.connectTimeout().toMillis() / 1000.0),
                Optional.of(after.connectTimeout().toMillis() / 1000.0));
        value(
                "network.responseTimeoutSeconds",
                Optional.of(before.responseTimeout().toMillis() / 1000.0),
                Optional.of(after.responseTimeout().toMillis() / 1000.0));
        value(
                "network.requestsPerSecond",
                Optional.of(before.requestsPerSecond()),
                Optional.of(after.requestsPerSecond()));
        return value(
                "network.parallelRequests",
                Optional.of(before.parallelRequests()),
                Optional.of(after.parallelRequests()));
    }

    /** Compares schedules. */
    public Differences schedule(Schedule before, Schedule after) {
        ScheduleDto earlier = ScheduleDocument.write(before);
        ScheduleDto later = ScheduleDocument.write(after);
        value("schedule.kind", Optional.of(earlier.getKind()), Optional.of(later.getKind()));
        value("schedule.at", Optional.ofNullable(earlier.getAt()), Optional.ofNullable(later.getAt()));
        value("schedule.start", Optional.ofNullable(earlier.getStart()), Optional.ofNullable(later.getStart()));
        value("schedule.end", Optional.ofNullable(earlier.getEnd()), Optional.ofNullable(later.getEnd()));
        value("schedule.every", Optional.ofNullable(earlier.getEvery()), Optional.ofNullable(later.getEvery()));
        value("schedule.unit", Optional.ofNullable(earlier.getUnit()), Optional.ofNullable(later.getUnit()));
        value("schedule.cron", Optional.ofNullable(earlier.getCron()), Optional.ofNullable(later.getCron()));
        return value("schedule.zone", Optional.ofNullable(earlier.getZone()), Optional.ofNullable(later.getZone()));
    }

    private void secret(String field, Optional<Secret> before, Optional<Secret> after) {
        if (!before.equals(after)) {
            found.add(new FieldDifferenceDto(field, true));
        }
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}

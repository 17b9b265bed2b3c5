// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryStopped;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.Rejection;
import org.etmconnect.delivery.qualys.DeliveredAssets.Change;
import org.etmconnect.delivery.qualys.DeliveredAssets.Known;
import org.etmconnect.delivery.records.AssetRecord;
import org.etmconnect.delivery.records.AssetRecord.OpenFindings;
import org.etmconnect.delivery.records.Definitions;
import org.etmconnect.delivery.records.InventoryReader;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One delivery: finds what the subscription does not have as it is, sends it in batches, and notes what was accepted.
 *
 * <p>The inventory is read twice: whole, in one short transaction, to find which assets changed; and batch by batch as
 * they are sent, which may take hours under the gateway's limits, during which no transaction is held open.
 */
final class QualysDelivery {

    private static final int FINGERPRINT_BYTES = 16;
    private static final int[] NONE = {};

    private final DeliveryWork work;
    private final GatewaySettings settings;
    private final GatewayClient client;
    private final InventoryReader inventory;
    private final DeliveredAssets delivered;
    private final byte[] salt;
    private long expected;

    QualysDelivery(DeliveryWork work, GatewaySettings settings, GatewayClient client) {
        this.work = work;
        this.settings = settings;
        this.client = client;
        this.inventory = new InventoryReader(work.database());
        this.delivered = new DeliveredAssets(work.database(), work.destinationId());
        // sent elsewhere, or in another form, it is not what was accepted
        this.salt = (settings.gateway() + " " + settings.connectorUuid() + " " + settings.findings())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** A finding's definition in the gateway's form. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Form(int id, String externalId, ObjectNode finding, byte[] digest) {}

    /** What is to be sent: assets by number, and keys of those that are gone. */
    private record Plan(List<int[]> changed, List<String> gone) {}

    /** An asset ready to be sent. */
    private record Entry(
            String key, Optional<String> name, ObjectNode body, Change before, Change after, Counts counts) {}

    private record Counts(int open, int fixed, boolean removal) {}

    /** How many open findings the inventory had when the delivery began. */
    long expectedFindings() {
        return expected;
    }

    void run() {
        Plan plan = plan();
        Iterator<Batch> batches = batches(plan);
        // platform threads: interrupting a virtual one would close the database's socket under it
        try (ExecutorService senders = Executors.newFixedThreadPool(
                GatewayClient.PARALLEL,
                Thread.ofPlatform().name("delivery-", 0).daemon().factory())) {
            // as they end, not as they began: the first failure ends the delivery
            CompletionService<Boolean> ended = new ExecutorCompletionService<>(senders);
            for (int i = 0; i < GatewayClient.PARALLEL; i++) {
                ended.submit(() -> sendAll(batches), true);
            }
            try {
                for (int i = 0; i < GatewayClient.PARALLEL; i++) {
                    ended.take().get();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new DeliveryStopped();
            } catch (ExecutionException failed) {
                switch (failed.getCause()) {
                    case RuntimeException fault -> throw fault;
                    case Error error -> throw error;
                    case null, default -> throw new IllegalStateException("A batch could not be sent", failed);
                }
            } finally {
                senders.shutdownNow();
            }
        }
    }

    private sealed interface Batch {
        @SuppressWarnings("ArrayRecordComponent")
        record Assets(int[] ids) implements Batch {}

        record Gone(List<String> keys) implements Batch {}
    }

    private Iterator<Batch> batches(Plan plan) {
        List<Batch> batches = new ArrayList<>();
        plan.changed().forEach(ids -> batches.add(new Batch.Assets(ids)));
        for (int from = 0; from < plan.gone().size(); from += settings.batchSize()) {
            batches.add(new Batch.Gone(
                    plan.gone().subList(from, Math.min(plan.gone().size(), from + settings.batchSize()))));
        }
        return batches.iterator();
    }

    private void sendAll(Iterator<Batch> batches) {
        Definitions<Form> definitions = forms();
        while (!Thread.currentThread().isInterrupted()) {
            Batch next;
            synchronized (batches) {
                if (!batches.hasNext()) {
                    return;
                }
                next = batches.next();
            }
            try {
                List<Entry> entries = switch (next) {
                    case Batch.Assets(int[] ids) -> entries(ids, definitions);
                    case Batch.Gone(List<String> keys) -> removals(keys, definitions);
                };
                if (!entries.isEmpty()) {
                    send(entries);
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new DeliveryStopped();
            }
        }
        throw new DeliveryStopped();
    }

    private void send(List<Entry> entries) throws InterruptedException {
        delivered.save(entries.stream().map(Entry::before).toList());
        byte[] body =
                EtmPayload.request(settings, entries.stream().map(Entry::body).toList());
        GatewayClient.Outcome outcome =
                client.send(body, entries.stream().map(Entry::key).toList());
        Map<String, String> rejected = switch (outcome) {
            case GatewayClient.Outcome.Taken(Map<String, String> some) -> some;
            case GatewayClient.Outcome.Refused(String reason) -> {
                Map<String, String> all = new LinkedHashMap<>();
                entries.forEach(entry -> all.put(entry.key(), reason));
                yield all;
            }
        };
        List<Entry> accepted = entries.stream()
                .filter(entry -> !rejected.containsKey(entry.key()))
                .toList();
        delivered.save(accepted.stream()
                .filter(entry -> !entry.counts().removal())
                .map(Entry::after)
                .toList());
        List<String> gone = accepted.stream()
                .filter(entry -> entry.counts().removal())
                .map(Entry::key)
                .toList();
        if (!gone.isEmpty()) {
            delivered.forget(gone);
        }
        work.report()
                .rejected(entries.stream()
                        .filter(entry -> rejected.containsKey(entry.key()))
                        .map(entry ->
                                new Rejection(entry.key(), entry.name(), String.valueOf(rejected.get(entry.key()))))
                        .toList());
        work.report()
                .count(new DeliveryCounts(
                        0,
                        0,
                        entries.size(),
                        accepted.size(),
                        entries.size() - accepted.size(),
                        gone.size(),
                        accepted.stream()
                                .mapToLong(entry -> entry.counts().open())
                                .sum(),
                        accepted.stream()
                                .mapToLong(entry -> entry.counts().fixed())
                                .sum(),
                        1));
    }

    private Plan plan() {
        Definitions<Form> definitions = forms();
        List<int[]> changed = new ArrayList<>();
        int[][] open = {new int[settings.batchSize()]};
        int[] filled = {0};
        List<String> gone = inventory.all(
                (connection, batch) -> {
                    Map<String, Known> known = delivered.known(
                            connection, batch.stream().map(AssetRecord::key).toList());
                    load(connection, definitions, batch, List.of());
                    long unchanged = 0;
                    for (AssetRecord record : batch) {
                        Known there = known.get(record.key());
                        Map<String, Form> findings = findings(record, definitions);
                        expected += findings.size();
                        if (there != null && there.is(fingerprint(record, findings))) {
                            unchanged++;
                            continue;
                        }
                        open[0][filled[0]++] = record.id();
                        if (filled[0] == open[0].length) {
                            changed.add(open[0]);
                            open[0] = new int[settings.batchSize()];
                            filled[0] = 0;
                        }
                    }
                    work.report().count(new DeliveryCounts(batch.size(), unchanged, 0, 0, 0, 0, 0, 0, 0));
                },
                delivered::gone);
        if (filled[0] > 0) {
            changed.add(Arrays.copyOf(open[0], filled[0]));
        }
        return new Plan(changed, gone);
    }

    /** What is sent of assets, as they are now; nothing of those that are gone or accepted meanwhile. */
    private List<Entry> entries(int[] ids, Definitions<Form> definitions) {
        List<Entry> entries = new ArrayList<>();
        inventory.some(ids, (connection, batch) -> {
            Map<String, Known> known = delivered.known(
                    connection, batch.stream().map(AssetRecord::key).toList());
            load(connection, definitions, batch, known.values());
            for (AssetRecord record : batch) {
                Map<String, Form> findings = findings(record, definitions);
                byte[] fingerprint = fingerprint(record, findings);
                Known there = known.getOrDefault(record.key(), new Known(null, NONE));
                if (!there.is(fingerprint)) {
                    entries.add(entry(record, findings, there, fingerprint, definitions));
                }
            }
        });
        return entries;
    }

    private Entry entry(
            AssetRecord record,
            Map<String, Form> findings,
            Known there,
            byte[] fingerprint,
            Definitions<Form> definitions) {
        ObjectNode body = EtmPayload.asset(record);
        record.lastFound()
                .ifPresent(time ->
                        ((ObjectNode) body.path("coreAttributes")).put("sourceLastUpdatedDate", time.toString()));
        int[] open = findings.values().stream().mapToInt(Form::id).sorted().toArray();
        int fixed = 0;
        int[] left = there.findings();
        if (settings.findings() == GatewaySettings.FindingsForm.COMMUNITY) {
            ArrayNode list = body.putArray("findings");
            findings.values().forEach(form -> list.add(EtmPayload.withStatus(form.finding(), true)));
            fixed = addFixed(list, there.findings(), findings, definitions);
            left = NONE;
        }
        return new Entry(
                record.key(),
                record.name(),
                body,
                new Change(record.key(), null, union(there.findings(), open)),
                new Change(record.key(), fingerprint, union(left, open)),
                new Counts(open.length, fixed, false));
    }

    /** Findings that may be open there and are not any more. */
    private static int addFixed(ArrayNode list, int[] there, Map<String, Form> open, Definitions<Form> definitions) {
        Map<String, Form> fixed = new TreeMap<>();
        for (int id : there) {
            Form form = definitions.get(id);
            if (!open.containsKey(form.externalId())) {
                fixed.putIfAbsent(form.externalId(), form);
            }
        }
        fixed.values().forEach(form -> list.add(EtmPayload.withStatus(form.finding(), false)));
        return fixed.size();
    }

    /** What is sent of assets that are gone: that they are, with all their findings fixed. */
    private List<Entry> removals(List<String> keys, Definitions<Form> definitions) {
        Map<String, Known> known = delivered.known(keys);
        List<Entry> entries = new ArrayList<>();
        inventory.some(NONE, (connection, nothing) -> load(connection, definitions, nothing, known.values()));
        for (String key : keys) {
            Known there = known.get(key);
            if (there == null) {
                continue;
            }
            AssetRecord record = inventory.former(key).orElseGet(() -> nameless(key));
            ObjectNode body = EtmPayload.asset(record);
            int fixed = 0;
            if (settings.findings() == GatewaySettings.FindingsForm.COMMUNITY) {
                fixed = addFixed(body.putArray("findings"), there.findings(), Map.of(), definitions);
            }
            Change before = new Change(key, null, there.findings());
            entries.add(new Entry(key, record.name(), body, before, before, new Counts(0, fixed, true)));
        }
        return entries;
    }

    private static AssetRecord nameless(String key) {
        return new AssetRecord(
                0,
                key,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                tools.jackson.databind.node.JsonNodeFactory.instance.objectNode(),
                "",
                "",
                false,
                List.of());
    }

    /** The open findings of an asset by their id there: one for each, whichever connections report it. */
    private Map<String, Form> findings(AssetRecord record, Definitions<Form> definitions) {
        Map<String, Form> findings = new TreeMap<>();
        if (settings.findings() == GatewaySettings.FindingsForm.COMMUNITY) {
            for (OpenFindings open : record.findings()) {
                for (int id : open.definitions()) {
                    Form form = definitions.get(id);
                    // of several the oldest, so that it does not depend on the order of reading
                    findings.merge(form.externalId(), form, (one, other) -> one.id() < other.id() ? one : other);
                }
            }
        }
        return findings;
    }

    private byte[] fingerprint(AssetRecord record, Map<String, Form> findings) {
        MessageDigest digest = sha256();
        digest.update(salt);
        digest.update(EtmPayload.bytes(EtmPayload.asset(record)));
        findings.values().forEach(form -> digest.update(form.digest()));
        return Arrays.copyOf(digest.digest(), FINGERPRINT_BYTES);
    }

    private Definitions<Form> forms() {
        return new Definitions<>(definition -> {
            ObjectNode finding = EtmPayload.finding(definition);
            return new Form(
                    definition.id(),
                    definition.externalFindingId(),
                    finding,
                    sha256().digest(EtmPayload.bytes(finding)));
        });
    }

    private void load(
            Connection connection, Definitions<Form> definitions, List<AssetRecord> batch, Iterable<Known> known)
            throws SQLException {
        if (settings.findings() == GatewaySettings.FindingsForm.OFF) {
            return;
        }
        List<int[]> wanted = new ArrayList<>();
        batch.forEach(record -> record.findings().forEach(open -> wanted.add(open.definitions())));
        known.forEach(there -> wanted.add(there.findings()));
        definitions.load(connection, wanted);
    }

    private static int[] union(int[] one, int[] other) {
        int[] all = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, all, one.length, other.length);
        return Arrays.stream(all).sorted().distinct().toArray();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }
}

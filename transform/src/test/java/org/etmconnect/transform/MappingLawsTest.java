// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etmconnect.transform.Fixture.mapWith;
import static org.etmconnect.transform.Fixture.plan;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.etmconnect.connector.FieldType;
import org.etmconnect.connector.SourceRecord;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

class MappingLawsTest {

    private static final TransformPlan DEFAULT = plan(Fixture.defaultMap());
    private static final TransformPlan MACS =
            plan(mapWith("- {source: 'mac_address[]', target: 'networkInterfaces[].macAddress'}"));
    private static final TransformPlan PAIRS = plan(mapWith("""
            - {source: 'adapters[].address', target: 'networkInterfaces[].ipAddress'}
            - {source: 'adapters[].mac', target: 'networkInterfaces[].macAddress'}
            """));

    @Property(tries = 200)
    void spreadingKeepsOrderAndCount(@ForAll @Size(max = 40) List<@IntRange(max = 20) Integer> numbers) {
        ObjectNode host = host();
        ArrayNode macs = host.putArray("mac_address");
        numbers.forEach(number -> macs.add("mac-" + number));

        assertThat(interfaces(MACS, host))
                .extracting(element -> element.path("macAddress").asString())
                .isEqualTo(numbers.stream().map(number -> "mac-" + number).toList());
    }

    @Property(tries = 200)
    void rowsOfOneArrayNeverMixElements(@ForAll @Size(max = 40) List<@IntRange(max = 9) Integer> numbers) {
        ObjectNode host = host();
        ArrayNode adapters = host.putArray("adapters");
        numbers.forEach(number ->
                adapters.addObject().put("address", "10.0.0." + number).put("mac", "mac-" + number));

        assertThat(interfaces(PAIRS, host)).hasSize(Set.copyOf(numbers).size()).allSatisfy(element -> {
            String number = element.path("ipAddress").asString().substring("10.0.0.".length());
            assertThat(element.path("macAddress").asString()).isEqualTo("mac-" + number);
        });
    }

    @Property(tries = 300)
    void thereIsOneElementForEachAddress(
            @ForAll @Size(max = 30) List<@IntRange(max = 40) Integer> v4,
            @ForAll @Size(max = 30) List<@IntRange(max = 40) Integer> v6) {
        ObjectNode host = host();
        Set<String> all = new LinkedHashSet<>();
        v4.forEach(number -> host.withArray("ip").add(seen(all, "10.0.0." + number)));
        v6.forEach(number -> host.withArray("ipv6").add(seen(all, "fd00::" + number)));
        all.forEach(host.withArray("allIPs")::add);

        List<JsonNode> elements = interfaces(DEFAULT, host);

        assertThat(elements)
                .extracting(element -> element.path("ipAddress").asString())
                .isEqualTo(List.copyOf(all));
        assertThat(elements).allSatisfy(element -> {
            String address = element.path("ipAddress").asString();
            String family = address.startsWith("fd") ? "ipv6Address" : "ipv4Address";
            assertThat(element.path(family).asString()).isEqualTo(address);
            assertThat(element).hasSize(2);
        });
    }

    @Property(tries = 300)
    void itemByItemIsTheSameAsTheWholeDocument(@ForAll("cves") List<ObjectNode> cves) {
        ObjectNode host = host();
        List<JsonNode> findings = new ArrayList<>();
        List<MappedItem.Rejected> rejected = new ArrayList<>();
        for (ObjectNode cve : cves) {
            switch (DEFAULT.item(cve)) {
                case MappedItem.Mapped(String key, ObjectNode finding) -> findings.add(finding);
                case MappedItem.Rejected dropped -> rejected.add(dropped);
            }
        }
        ObjectNode asset = ((MappedRecord.Mapped) DEFAULT.record(new SourceRecord("a", host, new int[0]))).asset();

        ObjectNode whole = host.deepCopy();
        whole.putArray("cves").addAll(cves);
        MappedDocument.Mapped mapped = (MappedDocument.Mapped) DEFAULT.document(whole);

        if (!findings.isEmpty()) {
            asset.putArray("finding").addAll(findings);
        }
        assertThat(mapped.document().toString()).isEqualTo(asset.toString());
        assertThat(mapped.droppedFindings()).isEqualTo(rejected);
    }

    @Property(tries = 300)
    void explainingChangesNothingAndNamesEveryValue(@ForAll("cves") List<ObjectNode> cves) {
        ObjectNode whole = host();
        whole.putArray("cves").addAll(cves);
        whole.putArray("allIPs").add("10.0.0.1");
        whole.putArray("ip").add("10.0.0.1");

        Explanation explanation = DEFAULT.explain(whole);

        assertThat(explanation.result()).isEqualTo(DEFAULT.document(whole));
        ObjectNode document = ((MappedDocument.Mapped) explanation.result()).document();
        assertThat(explanation.origins())
                .hasSize(leaves(document))
                .allSatisfy(origin -> assertThat(origin.sources()).isNotEmpty());
    }

    @Property
    void millisecondsSurviveTheWayThroughText(
            @ForAll @LongRange(min = 315_532_800_000L, max = 4_102_444_799_999L) long millis) throws ConversionFault {
        Conversion instant = Conversion.to(FieldType.INSTANT);
        JsonNode text = Objects.requireNonNull(instant.convert(LongNode.valueOf(millis)));

        assertThat(Instant.parse(text.stringValue()).toEpochMilli()).isEqualTo(millis);
        assertThat(text.stringValue()).hasSize(24);
        String vendor = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS")
                        .withZone(ZoneOffset.UTC)
                        .format(Instant.ofEpochMilli(millis))
                + " UTC";
        assertThat(instant.convert(StringNode.valueOf(vendor))).isEqualTo(text);
        assertThat(instant.convert(text)).isEqualTo(text);
    }

    @Property
    void numbersSurviveTheWayThroughText(@ForAll long whole, @ForAll double fraction) throws ConversionFault {
        Conversion text = Conversion.to(FieldType.TEXT);
        JsonNode wholeText = Objects.requireNonNull(text.convert(LongNode.valueOf(whole)));
        assertThat(Conversion.to(FieldType.INTEGER).convert(wholeText)).isEqualTo(LongNode.valueOf(whole));

        JsonNode number = Objects.requireNonNull(
                Conversion.to(FieldType.DECIMAL).convert(StringNode.valueOf(Double.toString(fraction))));
        assertThat(number.doubleValue()).isEqualTo(fraction == 0 ? 0.0 : fraction);
    }

    @Property(tries = 500)
    void noTextBreaksAConversion(@ForAll String text) {
        for (FieldType type : FieldType.values()) {
            try {
                JsonNode converted = Conversion.to(type).convert(StringNode.valueOf(text));
                assertThat(converted == null || converted.isValueNode()).isTrue();
            } catch (ConversionFault e) {
                assertThat(e).hasMessageNotContaining("Exception");
            }
        }
    }

    @Provide
    Arbitrary<List<ObjectNode>> cves() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 30).injectNull(0.05),
                        Arbitraries.of("CRITICAL", "high", "Low", "", "odd"),
                        Arbitraries.of("1639131309143", "2022-03-15 17:15:08 UTC", "never", "12", ""),
                        Arbitraries.of("7.5", "10", "", "high"))
                .as((number, severity, date, score) -> {
                    ObjectNode cve = JsonNodeFactory.instance.objectNode();
                    if (number != null) {
                        cve.put("name", "CVE-2030-" + number);
                    }
                    return cve.put("severity", severity)
                            .put("publication_date", date)
                            .put("severity_score", score);
                })
                .list()
                .ofMaxSize(8);
    }

    private static ObjectNode host() {
        return JsonNodeFactory.instance.objectNode().put("endpoint_id", "a");
    }

    private static String seen(Set<String> all, String address) {
        all.add(address);
        return address;
    }

    private static List<JsonNode> interfaces(TransformPlan plan, ObjectNode host) {
        ObjectNode asset = ((MappedRecord.Mapped) plan.record(new SourceRecord("a", host, new int[0]))).asset();
        return asset.path("networkInterfaces").valueStream().toList();
    }

    private static int leaves(JsonNode node) {
        return node.isValueNode()
                ? 1
                : node.valueStream().mapToInt(MappingLawsTest::leaves).sum();
    }
}

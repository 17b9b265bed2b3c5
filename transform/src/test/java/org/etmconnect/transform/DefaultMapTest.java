// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etmconnect.transform.Fixture.json;
import static org.etmconnect.transform.Fixture.plan;
import static org.etmconnect.transform.Fixture.resource;

import java.util.ArrayList;
import java.util.List;
import org.etmconnect.connector.SourceRecord;
import org.etmconnect.transform.Explanation.Dropped;
import org.etmconnect.transform.Explanation.Origin;
import org.etmconnect.transform.Explanation.RowSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The whole default map, from before.json to after.json. */
class DefaultMapTest {

    private final TransformPlan plan = plan(Fixture.defaultMap());
    private final ObjectNode before = json(resource("before.json"));

    @Test
    void theDefaultMapMakesTheDocumentThatStandsInAfterJson() {
        MappedDocument.Mapped mapped = (MappedDocument.Mapped) plan.document(before);

        // As text: the order of the fields is part of the promise, since documents are fingerprinted.
        assertThat(mapped.document().toPrettyString())
                .isEqualTo(json(resource("after.json")).toPrettyString());
        assertThat(mapped.nativeKey()).isEqualTo("5b1e9d0c7f3a48e2a6d4c1b0f9e87a63");
    }

    @Test
    void theFindingWithABadDateIsDroppedWithItsReasonAndTheRestGoesOn() {
        MappedDocument.Mapped mapped = (MappedDocument.Mapped) plan.document(before);

        assertThat(mapped.droppedFindings())
                .singleElement()
                .satisfies(dropped -> assertThat(dropped.problems())
                        .singleElement()
                        .satisfies(problem -> {
                            assertThat(problem.row()).isEqualTo(18);
                            assertThat(problem.source()).isEqualTo("cves[].publication_date");
                            assertThat(problem.target()).isEqualTo("finding[].firstFoundOn");
                            assertThat(problem.value()).isEqualTo("\"yesterday\"");
                            assertThat(problem.reason()).contains("not a time");
                        }));
    }

    @Test
    void recordAndItemsApartMakeTheSameAsTheWholeDocument() {
        assertThat(plan.findingsDependOnRecord()).isFalse();
        ObjectNode host = before.deepCopy();
        JsonNode cves = host.remove("cves");
        SourceRecord record = new SourceRecord("5b1e9d0c7f3a48e2a6d4c1b0f9e87a63", host, new int[0]);

        ObjectNode asset = ((MappedRecord.Mapped) plan.record(record)).asset();
        List<JsonNode> findings = new ArrayList<>();
        for (JsonNode cve : cves) {
            if (plan.item((ObjectNode) cve) instanceof MappedItem.Mapped(String key, ObjectNode finding)) {
                assertThat(key).isEqualTo(cve.path("name").asString());
                findings.add(finding);
            }
        }

        ObjectNode expected = json(resource("after.json"));
        assertThat(findings)
                .containsExactlyElementsOf(expected.remove("finding").values());
        assertThat(asset.toString()).isEqualTo(expected.toString());
    }

    @Test
    void eachValueIsTracedToTheRowsThatMadeIt() {
        Explanation explanation = plan.explain(before);

        assertThat(explanation.origins())
                .contains(
                        new Origin(
                                "networkInterfaces[2].ipAddress",
                                StringNode.valueOf("2001:db8:20::7"),
                                List.of(new RowSource(8, "allIPs[2]"))),
                        new Origin(
                                "networkInterfaces[2].ipv6Address",
                                StringNode.valueOf("2001:db8:20::7"),
                                List.of(new RowSource(10, "ipv6[0]"))),
                        new Origin(
                                "finding[1].findingType.vulnerability.cveId",
                                StringNode.valueOf("CVE-2030-0002"),
                                List.of(new RowSource(15, "cves[1].name"))),
                        new Origin(
                                "asset.assetDetail.cloudInfo.provider",
                                StringNode.valueOf("AWS"),
                                List.of(new RowSource(22, "cloud_provider"))));
        assertThat(explanation.dropped())
                .contains(
                        new Dropped(17, "cves[1].description", StringNode.valueOf(""), "an empty value counts as none"),
                        new Dropped(0, "endpoint_status", StringNode.valueOf("CONNECTED"), "no row reads it"))
                .anySatisfy(dropped -> {
                    assertThat(dropped.source()).isEqualTo("cves[3]");
                    assertThat(dropped.reason()).contains("cves[].publication_date has \"yesterday\"");
                });
    }

    @Test
    void aFreshAgentWithoutAddressesIsKept() {
        MappedDocument document = plan.document(json("""
                {"endpoint_id": "a1", "endpoint_name": "new-laptop", "ip": null, "ipv6": [], "domain": "",
                 "tags": null, "cloud_provider": ""}"""));

        assertThat(((MappedDocument.Mapped) document).document())
                .isEqualTo(json("{\"externalAssetId\": \"a1\", \"hostName\": \"new-laptop\"}"));
    }

    @Test
    void aHostWithoutItsKeyIsRejected() {
        MappedDocument document = plan.document(json("{\"endpoint_id\": \" \", \"endpoint_name\": \"nobody\"}"));

        assertThat(((MappedDocument.Rejected) document).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.row()).isEqualTo(1);
                    assertThat(problem.reason()).contains("externalAssetId");
                });
    }

    @Test
    void aHostWhoseFirstSeenIsNoTimeIsRejected() {
        MappedDocument document = plan.document(json("{\"endpoint_id\": \"a1\", \"first_seen\": 1713771650}"));

        assertThat(((MappedDocument.Rejected) document).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .isEqualTo(
                                "row 7, first_seen -> firstFoundDate, value 1713771650: as a time it is not between 1980"
                                        + " and 2099; numbers are taken as milliseconds since 1970"));
    }
}

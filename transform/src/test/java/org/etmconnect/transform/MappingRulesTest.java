// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etmconnect.transform.Fixture.document;
import static org.etmconnect.transform.Fixture.json;
import static org.etmconnect.transform.Fixture.mapWith;
import static org.etmconnect.transform.Fixture.plan;

import java.util.List;
import org.etmconnect.connector.SourceRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MappingRulesTest {

    private static final String CVE_KEY = "- {source: 'cves[].name', target: 'finding[].externalFindingId'}\n";

    @Test
    void rowsOfOneSourceArrayPairElementByElement() {
        TransformPlan plan = plan(mapWith("""
                - {source: 'adapters[].address', target: 'networkInterfaces[].ipAddress'}
                - {source: 'adapters[].mac', target: 'networkInterfaces[].macAddress'}
                """));

        assertThat(document(plan, """
                {"endpoint_id": "a", "adapters": [{"address": "10.0.0.1", "mac": "m1"}, {"mac": "m2"}]}""").path("networkInterfaces"))
                .isEqualTo(array("[{\"ipAddress\": \"10.0.0.1\", \"macAddress\": \"m1\"}, {\"macAddress\": \"m2\"}]"));
    }

    @Test
    void aSingleValueIntoAnArrayMakesAnElementOfItsOwn() {
        TransformPlan plan = plan(mapWith("""
                - {source: ip, target: 'networkInterfaces[].ipAddress'}
                - {source: public_ip, target: 'networkInterfaces[].ipAddress'}
                """));

        assertThat(document(plan, "{\"endpoint_id\": \"a\", \"ip\": [\"10.0.0.1\"], \"public_ip\": \"203.0.113.9\"}")
                        .path("networkInterfaces"))
                .isEqualTo(array("[{\"ipAddress\": \"10.0.0.1\"}, {\"ipAddress\": \"203.0.113.9\"}]"));
    }

    @Test
    void elementsThatDifferInAnotherFieldStayTwo() {
        TransformPlan plan = plan(mapWith("""
                - {source: 'adapters[].address', target: 'networkInterfaces[].ipAddress'}
                - {source: 'adapters[].mac', target: 'networkInterfaces[].macAddress'}
                """));

        assertThat(document(plan, """
                {"endpoint_id": "a",
                 "adapters": [{"address": "10.0.0.1", "mac": "m1"}, {"address": "10.0.0.1", "mac": "m2"}]}""").path("networkInterfaces")).hasSize(2);
    }

    @Test
    void aVendorsSingleValueForAListIsAListOfOne() {
        TransformPlan plan = plan(mapWith("- {source: ip, target: 'networkInterfaces[].ipv4Address'}"));

        assertThat(document(plan, "{\"endpoint_id\": \"a\", \"ip\": \"10.0.0.1\"}")
                        .path("networkInterfaces"))
                .isEqualTo(array("[{\"ipv4Address\": \"10.0.0.1\"}]"));
    }

    @Test
    void severalValuesForOneFieldRejectTheRecord() {
        TransformPlan plan = plan(mapWith("- {source: endpoint_name, target: hostName}"));

        MappedDocument document = plan.document(json("{\"endpoint_id\": \"a\", \"endpoint_name\": [\"x\", \"y\"]}"));

        assertThat(((MappedDocument.Rejected) document).problems().getFirst().text())
                .isEqualTo("row 2, endpoint_name -> hostName, value [\"x\",\"y\"]: it is a list of 2 values, but one is"
                        + " needed");
    }

    @Test
    void anExpressionSeesTheValueItsItemAndTheRecord() {
        TransformPlan plan = plan(mapWith(CVE_KEY + """
                - source: cves[].severity_score
                  target: finding[].sourceRiskScore
                  expression: value * 10.0
                - source: cves[].name
                  target: finding[].name
                  expression: "record.endpoint_name + ': ' + value + ' (' + item.severity + ')'"
                """));

        assertThat(plan.findingsDependOnRecord()).isTrue();
        assertThat(document(plan, """
                {"endpoint_id": "a", "endpoint_name": "web-01",
                 "cves": [{"name": "CVE-2030-1", "severity": "HIGH", "severity_score": 7.5}]}""").path("finding")).isEqualTo(array("""
                        [{"externalFindingId": "CVE-2030-1", "name": "web-01: CVE-2030-1 (HIGH)",
                          "sourceRiskScore": 75.0}]"""));
    }

    @Test
    void anExpressionOnAListWithoutMarkSeesTheWholeList() {
        TransformPlan plan = plan(mapWith("- {source: ip, target: hostName, expression: 'value.join(\"+\")'}"));

        assertThat(document(plan, "{\"endpoint_id\": \"a\", \"ip\": [\"1\", \"2\"]}")
                        .path("hostName")
                        .asString())
                .isEqualTo("1+2");
    }

    @Test
    void anExpressionCanDropAValue() {
        TransformPlan plan = plan(mapWith("""
                - source: ip
                  target: networkInterfaces[].ipAddress
                  expression: "value.startsWith('169.254.') ? dyn(null) : value"
                """));

        assertThat(document(plan, "{\"endpoint_id\": \"a\", \"ip\": [\"169.254.3.3\", \"10.0.0.1\"]}")
                        .path("networkInterfaces"))
                .isEqualTo(array("[{\"ipAddress\": \"10.0.0.1\"}]"));
    }

    @Test
    void anExpressionThatFailsSpoilsOnlyItsFinding() {
        TransformPlan plan = plan(mapWith(CVE_KEY + """
                - {source: 'cves[].name', target: 'finding[].description', expression: item.description}
                """));

        MappedDocument document = plan.document(json("""
                {"endpoint_id": "a", "cves": [{"name": "A"}, {"name": "B", "description": "b"}]}"""));

        MappedDocument.Mapped mapped = (MappedDocument.Mapped) document;
        assertThat(mapped.document().path("finding")).hasSize(1);
        assertThat(mapped.droppedFindings().getFirst().problems().getFirst().reason())
                .contains("the expression failed")
                .contains("has(");
    }

    @Test
    void anEndlessLoopIsStopped() {
        TransformPlan plan = plan(mapWith("""
                - source: ip
                  target: hostName
                  expression: "string(value.map(a, value.map(b, value.map(c, a + b + c))).size())"
                """));
        String many = "[\"1\"" + ",\"1\"".repeat(99) + "]";

        MappedDocument document = plan.document(json("{\"endpoint_id\": \"a\", \"ip\": " + many + "}"));

        assertThat(((MappedDocument.Rejected) document).problems().getFirst().reason())
                .contains("Iteration budget exceeded");
    }

    @Test
    void anEmptyTranslationDropsTheValue() {
        TransformPlan plan = plan(mapWith("- {source: domain, target: domain, values: {WORKGROUP: null}}"));

        assertThat(document(plan, "{\"endpoint_id\": \"a\", \"domain\": \"workgroup\"}")
                        .has("domain"))
                .isFalse();
        assertThat(document(plan, "{\"endpoint_id\": \"a\", \"domain\": \"corp\"}")
                        .path("domain")
                        .asString())
                .isEqualTo("corp");
    }

    @Test
    void aValueOfTheRecordIntoAFindingMakesFindingsDependOnTheRecord() {
        TransformMap map = mapWith(CVE_KEY + "- {source: endpoint_name, target: 'finding[].technology'}\n");
        TransformPlan plan = plan(map);

        assertThat(plan.findingsDependOnRecord()).isTrue();
        assertThat(Fixture.problems(map)).singleElement().asString().contains("Findings depend on the host (row 3)");
        assertThat(document(plan, """
                {"endpoint_id": "a", "endpoint_name": "web", "cves": [{"name": "A"}, {"name": "B"}]}""").path("finding")).isEqualTo(array("""
                        [{"externalFindingId": "A", "technology": "web"}, {"externalFindingId": "B", "technology": "web"}]"""));
    }

    @Test
    void anOpenNameTakesNumbersTimesAndLists() {
        TransformPlan plan = plan(mapWith("""
                - {source: first_seen, target: temp_q_customAttributes.seen}
                - {source: install_count, target: temp_q_customAttributes.count}
                - {source: 'mac_address[]', target: temp_q_customAttributes.macs}
                - {source: tags.server_tags, target: temp_q_customAttributes.none}
                """));

        assertThat(document(plan, """
                {"endpoint_id": "a", "first_seen": 1713771650561, "install_count": 3, "mac_address": ["m"],
                 "tags": {"server_tags": []}}""").path("temp_q_customAttributes"))
                .hasToString("{\"seen\":\"2024-04-22T07:40:50.561Z\",\"count\":3,\"macs\":[\"m\"]}");
    }

    @Test
    void mappingLeavesTheSourceUnchanged() {
        TransformPlan plan = plan(Fixture.defaultMap());
        var before = json(Fixture.resource("before.json"));
        var copy = before.deepCopy();

        plan.explain(before);
        plan.record(new SourceRecord("a", before, new int[0]));

        assertThat(before).isEqualTo(copy);
    }

    private static JsonNode array(String text) {
        return json("{\"list\": " + text + "}").path("list");
    }

    @Test
    void theTargetModelHoldsAllTargetsOfTheDefaultMap() {
        List<String> known = Names.leafPaths(EtmHostAsset.model());

        assertThat(Fixture.defaultMap().rows()).hasSize(22).allSatisfy(row -> {
            if (!row.target().startsWith("temp_q_customAttributes.")) {
                assertThat(known).contains(row.target());
            }
        });
    }
}

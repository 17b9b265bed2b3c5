// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etmconnect.transform.Fixture.map;
import static org.etmconnect.transform.Fixture.mapWith;
import static org.etmconnect.transform.Fixture.problems;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapCheckTest {

    @Test
    void theDefaultMapHasNoProblems() {
        assertThat(problems(Fixture.defaultMap())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "endpoint_nam   | hostName     | it has no endpoint_nam. Did you mean endpoint_name?",
                "cves.name      | finding[].name | cves is a list; write [] after it. Did you mean cves[].name?",
                "cves[].naem    | finding[].name | no naem in cves. Did you mean cves[].name?",
                "endpoint_name[] | hostName    | holds one value, so [] has no meaning after it. Did you mean endpoint_name?",
                "endpoint_name  | hostname     | Did you mean hostName?",
                "endpoint_name  | finding.name | finding is a list; write [] after it. Did you mean finding[].name?",
                "endpoint_name  | operatingSystem | is an object; name one of its fields",
                "tags           | hostName     | tags is an object",
                "endpoint_name  | hostName.x   | hostName is a value; there is nothing in it to name",
                "endpoint_name  | a..b         | is not a path",
                "ip             | hostName     | takes one value, but ip gives a list",
                "cves[].name    | hostName     | can only go to finding[]",
                "cves[].severity | finding[].severity | name under \"values\" which value becomes which severity",
                "endpoint_name  | temp_q_customAttributes.a.b | takes values, no fields"
            })
    void aWrongRowIsRefusedWithItsNumberAndAHint(String source, String target, String message) {
        TransformMap map = mapWith("- {source: '" + source + "', target: '" + target + "'}\n"
                + "- {source: 'cves[].name', target: 'finding[].externalFindingId'}\n");

        assertThat(Fixture.compile(map)).isInstanceOf(Compilation.Refused.class);
        assertThat(problems(map))
                .anySatisfy(text -> assertThat(text).startsWith("row 2, ").contains(message));
    }

    @Test
    void twoRowsIntoOneValueAreRefused() {
        assertThat(problems(mapWith("""
                - {source: endpoint_name, target: hostName}
                - {source: domain, target: hostName}
                """)))
                .singleElement()
                .asString()
                .startsWith("row 3, target: Row 2 already makes hostName;");
    }

    @Test
    void aMapWithoutIdentifiersIsRefused() {
        assertThat(problems(map("""
                name: Test
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_name, target: hostName}
                  - {source: 'cves[].name', target: 'finding[].name'}
                """)))
                .hasSize(2)
                .anySatisfy(text -> assertThat(text).contains("No row makes externalAssetId"))
                .anySatisfy(text -> assertThat(text).contains("No row makes finding[].externalFindingId"));
    }

    @Test
    void anIdentifierMarkOnAnotherFieldIsRefused() {
        assertThat(problems(mapWith("- {source: endpoint_name, target: hostName, identifier: true}")))
                .singleElement()
                .asString()
                .startsWith("row 2, identifier: hostName does not identify anything")
                .endsWith("Did you mean externalAssetId?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "value +             | 1 | 8  | mismatched input",
                "record.endpoint_nam | 1 | 7  | undefined field 'endpoint_nam'",
                "record.cves         | 1 | 7  | undefined field 'cves'",
                "item.x              | 1 | 1  | undeclared reference to 'item'",
                "value * 2           | 1 | 7  | no matching overload"
            })
    void anErrorOfAnExpressionHasLineAndColumn(String expression, int line, int column, String message) {
        Compilation compilation = Fixture.compile(
                mapWith("- {source: endpoint_name, target: hostName, expression: \"" + expression + "\"}"));

        assertThat(compilation.problems()).first().satisfies(problem -> {
            assertThat(problem.row()).isEqualTo(2);
            assertThat(problem.field()).isEqualTo("expression");
            assertThat(problem.place()).isEqualTo(Optional.of(new MapProblem.Place(line, column)));
            assertThat(problem.message()).contains(message);
        });
    }

    @Test
    void aTranslationThatDoesNotFitTheTargetIsRefused() {
        assertThat(problems(mapWith("""
                - {source: 'cves[].name', target: 'finding[].externalFindingId'}
                - {source: 'cves[].severity', target: 'finding[].severity', values: {HIGH: 7}, otherwise: none}
                """)))
                .hasSize(2)
                .anySatisfy(text -> assertThat(text).startsWith("row 3, values: HIGH: 7 does not fit"))
                .anySatisfy(text -> assertThat(text).startsWith("row 3, otherwise: otherwise: \"none\" does not fit"));
    }

    @Test
    void aMapForOtherModelsIsRefused() {
        TransformMap other = new TransformMap(
                "x", "", "Nobody", "ETM Host Asset", Fixture.defaultMap().rows());

        assertThat(problems(other)).singleElement().asString().contains("Did you mean Cortex XDR Endpoint?");
    }

    @Test
    void anElementWithoutIdentifierOfItsOwnListIsRefused() {
        assertThat(problems(mapWith("""
                - {source: 'cves[].name', target: 'finding[].externalFindingId'}
                - {source: ip, target: 'finding[].description'}
                """)))
                .anySatisfy(text -> assertThat(text).contains("from ip would have no externalFindingId"));
    }
}

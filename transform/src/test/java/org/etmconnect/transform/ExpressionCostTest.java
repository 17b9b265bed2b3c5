// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short expressions that would cost much. A Viewer may check and preview maps, so they would stop the server. */
class ExpressionCostTest {

    private static Optional<String> problem(String expression, String name) {
        TransformPlan plan = Fixture.plan(Fixture.map("""
                name: Test
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_name, target: externalAssetId, expression: '%s'}
                """.formatted(expression.replace("'", "''"))));
        return switch (plan.document(Fixture.json("{}").put("endpoint_name", name))) {
            case MappedDocument.Mapped _ -> Optional.empty();
            case MappedDocument.Rejected rejected ->
                Optional.of(rejected.problems().toString());
        };
    }

    @ParameterizedTest
    @Timeout(20)
    @ValueSource(
            strings = {
                "value.replace(\"e\", value).replace(\"e\", value).replace(\"e\", value).replace(\"e\", value).replace(\"e\", value).replace(\"e\", value).replace(\"e\", value).replace(\"e\", value).replace(\"e\", value)",
                "[value].map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x)[0]",
                "string([[1,2]].map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x).map(x, x+x+x+x)[0].size())",
                "value.split(\"\").join(value).split(\"\").join(value).split(\"\").join(value).split(\"\").join(value).split(\"\").join(value).split(\"\").join(value).split(\"\").join(value).split(\"\").join(value)"
            })
    void aTextOrListThatWouldGrowWithoutEndIsNotMade(String expression) {
        assertThat(problem(expression, "eeeeeeeeee"))
                .hasValueSatisfying(told -> assertThat(told).contains("handles more than 4194304 characters"));
    }

    @Test
    void aLongTextIsNotSearchedAgainAndAgain() {
        String numbers = "[1,2,3,4,5,6,7,8,9,10]";
        String expression = numbers + ".all(a, " + numbers + ".all(b, " + numbers
                + ".all(c, !value.matches(\"(x|y)*(x|z)*(y|z)*$\")))) ? value : \"\"";

        long begun = System.nanoTime();

        assertThat(problem(expression, "xw".repeat(30_000))).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aTextThatIsTooLongIsNotGivenToAnExpression() {
        assertThat(problem("value.lowerAscii()", "x".repeat(70_000)))
                .hasValueSatisfying(told -> assertThat(told).contains("too long for an expression"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "value.replace('a','b') -> bbcb",
                "value.replace('a','b',2) -> bbca",
                "value.replace('a','b',0) -> aaca",
                "value.replace('a','b',-1) -> bbcb",
                "value.replace('','-') -> -a-a-c-a-",
                "value.replace('','-',2) -> -a-aca",
                "value.replace('aa','') -> ca",
                "value.split('').join() -> aaca",
                "value.split('').join('+') -> a+a+c+a",
                "['','',value].join(',') -> ,,aaca",
                "value + '!' -> aaca!",
                "string(1 + 2) + string(1.5 + 1.0) + string(b'a' + b'b') -> 32.5ab",
                "string(dyn(1) + dyn(2)) + dyn(value) -> 3aaca",
                "string(timestamp('2026-01-01T00:00:00Z') + duration('1h')) -> 2026-01-01T01:00:00Z",
                "value.contains('ca') && value.matches('^a+ca$') ? 'yes' : 'no' -> yes"
            })
    void whatIsCountedDoesWhatCelSaysItDoes(String example) {
        String[] parts = example.split(" -> ", 2);
        TransformPlan plan = Fixture.plan(Fixture.mapWith(
                "- {source: endpoint_name, target: hostName, expression: '" + parts[0].replace("'", "''") + "'}"));

        assertThat(Fixture.document(plan, "{\"endpoint_id\": \"e1\", \"endpoint_name\": \"aaca\"}")
                        .path("hostName")
                        .asString())
                .isEqualTo(parts[1]);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

class MapYamlTest {

    @Property(tries = 300)
    void whatIsWrittenIsReadAsTheSame(@ForAll("maps") TransformMap map) {
        assertThat(MapYaml.read(MapYaml.write(map))).isEqualTo(new MapReading.Read(map));
    }

    @Property(tries = 300)
    void noTextMakesReadingThrow(@ForAll String text) {
        assertThat(MapYaml.read(text)).isNotNull();
        assertThat(MapYaml.read("name: x\nrows:\n  - " + text)).isNotNull();
    }

    @Example
    void anUnknownKeyIsReportedWithItsPlace() {
        assertThat(unreadable("""
                name: x
                source: a
                target: b
                rows:
                  - source: a
                    targt: b
                """))
                .anySatisfy(problem -> {
                    assertThat(problem.row()).isEqualTo(1);
                    assertThat(problem.field()).isEqualTo("targt");
                    assertThat(problem.place()).contains(new MapProblem.Place(6, 5));
                    assertThat(problem.suggestion()).contains("target");
                })
                .anySatisfy(problem -> assertThat(problem.text()).startsWith("row 1, target (line 5, column 5)"));
    }

    @Example
    void brokenYamlIsReportedWithItsPlace() {
        assertThat(unreadable("name: x\nrows: [1, 2\nsource: y\n"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.message()).startsWith("This is not YAML");
                    assertThat(problem.place()).isPresent();
                });
    }

    /** The YAML library reads on behind the end of a text whose 1,025th and last character is the first half of a pair. */
    @Example
    void halfACharacterAtTheEndIsReported() {
        assertThat(unreadable("# " + "x".repeat(1_022) + "\ud83d")).isNotEmpty();
    }

    @Example
    void keysThatDifferOnlyInCaseAreRefused() {
        assertThat(unreadable("""
                name: x
                source: a
                target: b
                rows:
                  - {source: a, target: b, values: {HIGH: 4, high: 5}}
                """))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("a second time"));
    }

    @Example
    void aliasesAreRefused() {
        assertThat(unreadable("name: &n x\nsource: *n\ntarget: b\nrows: []\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("Aliases"));
    }

    private static List<MapProblem> unreadable(String yaml) {
        MapReading reading = MapYaml.read(yaml);
        assertThat(reading).isInstanceOf(MapReading.Unreadable.class);
        return ((MapReading.Unreadable) reading).problems();
    }

    @Provide
    Arbitrary<TransformMap> maps() {
        return Combinators.combine(
                        texts(),
                        Arbitraries.oneOf(texts(), Arbitraries.just("")),
                        texts(),
                        texts(),
                        rows().list().ofMaxSize(4))
                .as(TransformMap::new);
    }

    private static Arbitrary<MapRow> rows() {
        return Combinators.combine(
                        texts(),
                        texts(),
                        Arbitraries.maps(texts().map(text -> text.toLowerCase(java.util.Locale.ROOT)), values())
                                .ofMaxSize(4),
                        values().optional(),
                        texts().optional(),
                        Arbitraries.of(true, false))
                .as(
                        (String source,
                                String target,
                                Map<String, JsonNode> values,
                                Optional<JsonNode> otherwise,
                                Optional<String> expression,
                                Boolean identifier) ->
                                new MapRow(source, target, values, otherwise, expression, identifier));
    }

    /** Texts that YAML is known to take for something else, and any others that it can hold. */
    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "yes",
                        "no",
                        "true",
                        "null",
                        "~",
                        "1",
                        "1.0",
                        "0x1F",
                        "1e3",
                        "2024-01-01",
                        "- a",
                        "a: b",
                        "#x",
                        "a #b",
                        "*a",
                        "&a",
                        "!t",
                        "%x",
                        "@x",
                        "`x`",
                        "'",
                        "\"",
                        "a\nb",
                        "a\tb",
                        " a ",
                        "{a}",
                        "[]",
                        "cves[].name",
                        "|",
                        ">",
                        "?",
                        "? a",
                        ":",
                        "-",
                        "---",
                        "...",
                        "1_000",
                        "0o7",
                        "12:30:45",
                        ".inf",
                        "value > 9.0 ? 5 : 1",
                        "'x' + \"y\""),
                Arbitraries.strings()
                        .withCharRange(' ', '~')
                        .withChars('ä', '\n', '…', '\t')
                        .ofMinLength(1)
                        .ofMaxLength(30)
                        .filter(text -> !text.isBlank()));
    }

    private static Arbitrary<JsonNode> values() {
        return Arbitraries.oneOf(
                texts().map(StringNode::valueOf),
                Arbitraries.integers().map(IntNode::valueOf),
                Arbitraries.doubles().between(-1e6, 1e6).map(DoubleNode::valueOf),
                Arbitraries.of(BooleanNode.TRUE, BooleanNode.FALSE, NullNode.getInstance()));
    }
}

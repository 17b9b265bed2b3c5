// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlanTest {

    private static final List<Map<String, Object>> ROWS = List.of(
            Map.of("id", "a", "name", "Alpha", "score", 9.8, "hosts", (Texts) List.of("h1", "h2")::forEach),
            Map.of("id", "b", "name", "Beta", "score", 4.0, "hosts", (Texts) List.of("h2")::forEach),
            Map.of("id", "c", "name", "Gamma", "score", 7.1, "hosts", (Texts) List.<String>of()::forEach),
            Map.of("id", "d", "name", "beta two", "score", 4.0, "hosts", (Texts) List.of("h3")::forEach));

    private static final Table TABLE = new Table(List.of("id", "name", "score", "hosts"), "id", sink -> {
        for (Map<String, Object> row : ROWS) {
            if (!sink.test(row::get)) {
                return;
            }
        }
    });

    private static List<String> ids(String stages) {
        return column("id", stages);
    }

    private static List<String> column(String column, String stages) {
        ParsedQuery parsed = QueryParser.parse("dataset = things" + stages);
        assertThat(parsed).isInstanceOf(ParsedQuery.Good.class);
        Plan.Outcome outcome = Plan.of(((ParsedQuery.Good) parsed).query(), Map.of("things", TABLE));
        assertThat(outcome).isInstanceOf(Plan.Ready.class);
        Plan plan = ((Plan.Ready) outcome).plan();
        List<String> values = new ArrayList<>();
        plan.run(row -> values.add(String.valueOf(row.get(column))));
        assertThat(plan.count()).isEqualTo(values.size());
        return values;
    }

    @Test
    void filtersCompareTextWithoutCaseAndNumbersAsNumbers() {
        assertThat(ids(" | filter name = \"BETA\"")).containsExactly("b");
        assertThat(ids(" | filter name contains \"beta\" and score < 5")).containsExactly("b", "d");
        assertThat(ids(" | filter score in (9.8, 7.1)")).containsExactly("a", "c");
        assertThat(ids(" | filter id not in (\"a\", \"b\")")).containsExactly("c", "d");
        assertThat(ids(" | filter id != \"a\" and (score >= 7 or name = \"beta\")"))
                .containsExactly("b", "c");
        assertThat(ids(" | filter not id = \"a\" or id = \"a\"")).hasSize(4);
        assertThat(ids(" | filter hosts contains \"h2\"")).containsExactly("a", "b");
        assertThat(ids(" | filter name = null")).isEmpty();
        assertThat(ids(" | filter name != null")).hasSize(4);
    }

    @Test
    void rowsAreSortedLimitedAndExpanded() {
        assertThat(ids(" | sort desc score, asc name")).containsExactly("a", "c", "b", "d");
        assertThat(ids(" | sort desc id | limit 2")).containsExactly("d", "c");
        assertThat(ids(" | limit 0")).isEmpty();
        assertThat(ids(" | arrayexpand hosts")).containsExactly("a", "a", "b", "d");
        assertThat(column("hosts", " | arrayexpand hosts | limit 3")).containsExactly("h1", "h2", "h2");
        assertThat(column("label", " | fields name as label | limit 1")).containsExactly("Alpha");
    }

    @Test
    void rowsAreCountedInAllOrByAColumn() {
        assertThat(column("n", " | comp count() as n")).containsExactly("4");
        assertThat(column("n", " | filter id = \"x\" | comp count() as n")).containsExactly("0");
        assertThat(column("n", " | arrayexpand hosts | comp count(id) as n by hosts"))
                .containsExactly("1", "2", "1");
    }

    @Test
    void namesThatAreNotThereAreSaid() {
        assertThat(outcome("dataset = nothing")).isEqualTo(new Plan.Rejected("unknown dataset nothing"));
        assertThat(outcome("dataset = things | fields id | sort asc score"))
                .isEqualTo(new Plan.Rejected("unknown field score"));
        assertThat(outcome("config timeframe = 30d | preset = things | fields id"))
                .isInstanceOf(Plan.Ready.class);
    }

    private static Plan.Outcome outcome(String query) {
        return Plan.of(((ParsedQuery.Good) QueryParser.parse(query)).query(), Map.of("things", TABLE));
    }

    @Test
    void aSyntaxErrorHasItsLineAndColumn() {
        assertThat(QueryParser.parse("dataset = x\n| limit ten"))
                .isEqualTo(new ParsedQuery.Bad(2, 9, "'ten' where a number was expected"));
        assertThat(QueryParser.parse("")).isInstanceOf(ParsedQuery.Bad.class);
        assertThat(QueryParser.parse("dataset = x | filter a = \"open")).isInstanceOf(ParsedQuery.Bad.class);
        assertThat(QueryParser.parse("dataset = x | filter a ~ 3")).isInstanceOf(ParsedQuery.Bad.class);
    }

    @Property(tries = 300)
    void noTextMakesTheParserThrow(@ForAll String text, @ForAll @IntRange(max = 60) int cut) {
        String good = "dataset = things | filter a in (1, \"x\") | fields a, b as c | sort desc a | limit 3";
        assertThat(QueryParser.parse(text)).isNotNull();
        assertThat(QueryParser.parse(good.substring(0, cut) + text)).isNotNull();
    }
}

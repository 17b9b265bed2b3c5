// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class QqlFuzzTest {

    @FuzzTest
    void everyTextIsAQueryThatPrintsAndReadsAgainOrAProblemWithAPlace(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        for (Subject subject : Subject.values()) {
            switch (QqlParser.parse(text, subject)) {
                case ParseOutcome.Parsed(Condition condition) ->
                    assertThat(QqlParser.parse(QqlPrinter.print(condition), subject))
                            .isEqualTo(new ParseOutcome.Parsed(condition));
                case ParseOutcome.Invalid(QueryProblem problem) -> {
                    assertThat(problem.offset()).isBetween(0, text.length());
                    assertThat(problem.offset() + problem.length()).isBetween(problem.offset(), text.length());
                    assertThat(problem.describe()).isNotBlank();
                }
            }
        }
        QqlParser.point(text);
    }
}

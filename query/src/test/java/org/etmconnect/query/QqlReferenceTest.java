// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Token;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.junit.jupiter.api.Test;

/** The reference page lists the tokens as they are. To write it anew: {@code mvn -pl query test -Dqql.reference=write}. */
class QqlReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "qql.md");
    private static final String BEGIN = "<!-- tokens: made from the catalogue, do not edit below -->\n";

    @Test
    void theReferencePageListsTheTokensAsTheyAre() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(BEGIN);
        String expected = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + tokens();
        if ("write".equals(System.getProperty("qql.reference"))) {
            Files.writeString(PAGE, expected);
            return;
        }
        assertThat(page)
                .as(PAGE + " is out of date; write it anew with -Dqql.reference=write")
                .isEqualTo(expected);
    }

    @Test
    void theExampleOfEachTokenCanBeRead() {
        for (Token token : TokenCatalogue.standard().tokens()) {
            assertThat(QqlParser.parse(token.example(), token.subject()))
                    .as(token.example())
                    .isInstanceOf(ParseOutcome.Parsed.class);
        }
    }

    private static String tokens() {
        StringBuilder text = new StringBuilder();
        for (Subject subject : Subject.values()) {
            text.append("\n## Tokens of ")
                    .append(subject == Subject.ASSET ? "assets" : "findings")
                    .append("\n\n| token | holds | meaning | example | also written |\n|---|---|---|---|---|\n");
            for (Token token : TokenCatalogue.standard().tokens()) {
                if (token.subject() == subject) {
                    text.append("| `%s` | %s | %s | %s | %s |\n"
                            .formatted(
                                    token.name(),
                                    token.values().isEmpty() ? token.type().label() : String.join(", ", token.values()),
                                    token.description(),
                                    code(token.example()),
                                    String.join(", ", aliases(token))));
                }
            }
        }
        return text.toString();
    }

    private static List<String> aliases(Token token) {
        return token.aliases().stream().map(QqlReferenceTest::code).toList();
    }

    private static String code(String text) {
        return text.contains("`") ? "`` " + text + " ``" : "`" + text + "`";
    }
}

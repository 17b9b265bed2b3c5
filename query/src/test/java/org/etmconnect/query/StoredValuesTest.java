// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.etmconnect.inventory.embedded.TestDatabase;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Suggestion;
import org.etmconnect.query.syntax.TokenCatalogue;
import org.etmconnect.query.syntax.TokenType;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoredValuesTest {

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    private static final SmallInventory INVENTORY = new SmallInventory(7);

    private final StoredValues values = new StoredValues(DATABASE.dataSource(), Duration.ofSeconds(30));

    @BeforeAll
    static void fill() throws SQLException {
        Flyway.configure().dataSource(DATABASE.dataSource()).load().migrate();
        try (Connection connection = DATABASE.connect()) {
            INVENTORY.writeTo(connection);
        }
    }

    private List<String> complete(String query) {
        return values.complete(query, query.length()).stream()
                .map(suggestion -> query.substring(0, suggestion.from()) + suggestion.text())
                .toList();
    }

    @Test
    void namesOfHostsThatBeginWithWhatIsWrittenAreSuggestedInOrder() {
        String name = INVENTORY.assets.values().stream()
                .map(SmallInventory.Asset::name)
                .filter(each -> each != null && each.length() > 2 && !each.contains("`"))
                .findFirst()
                .orElseThrow();

        assertThat(complete("asset.name:" + name.substring(0, 2).toUpperCase(Locale.ROOT)))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(20)
                .allSatisfy(query -> assertThat(query.toLowerCase(Locale.ROOT))
                        .startsWith("asset.name:`" + name.substring(0, 2).toLowerCase(Locale.ROOT)));
    }

    @Test
    void everySuggestionForATokenOfTextIsAQueryThatCanBeRead() {
        TokenCatalogue.standard().tokens().stream()
                .filter(token -> token.type() == TokenType.TEXT)
                .flatMap(token -> complete(token.name() + ":").stream())
                .forEach(query -> assertThat(QqlParser.parse(query, Subject.FINDING))
                        .as(query)
                        .isInstanceOf(ParseOutcome.Parsed.class));
    }

    @Test
    void signsOfPatternsAreTakenAsTheyAre() {
        assertThat(complete("asset.name:%")).isEmpty();
        assertThat(complete("asset.name:`_")).isEmpty();
        assertThat(values.complete("asset.name:'", 12))
                .extracting(Suggestion::text)
                .allMatch(text -> text.startsWith("'"));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompletionTest {

    @Test
    void theBeginningOfATokenIsCompleted() {
        assertThat(texts("finding.sev")).containsExactly("finding.severity");
        assertThat(Completion.complete("finding.sev", 11, Subject.FINDING).getFirst())
                .satisfies(suggestion -> {
                    assertThat(suggestion.from()).isZero();
                    assertThat(suggestion.to()).isEqualTo(11);
                });
    }

    @Test
    void knownValuesFollowAnOperator() {
        assertThat(texts("asset.name:x and finding.status:")).containsExactly("NEW", "ACTIVE", "FIXED", "REOPENED");
        assertThat(texts("finding.status:[NEW, re")).containsExactly("REOPENED");
        assertThat(texts("finding.severity:cri")).containsExactly("Critical");
    }

    @Test
    void aKeywordFollowsAValue() {
        assertThat(texts("asset.name:web ")).containsExactly("and", "or");
        assertThat(texts("asset.inventory:(source:`Cortex XDR`) ")).containsExactly("and", "or");
    }

    @Test
    void namesInsideAGroupNeedNoPrefix() {
        assertThat(texts("asset.inventory:(so")).containsExactly("source");
        assertThat(texts("finding:(status:")).startsWith("NEW");
    }

    @Test
    void nothingIsOfferedInsideQuotes() {
        assertThat(texts("asset.name:\"find")).isEmpty();
    }

    private static List<String> texts(String before) {
        return Completion.complete(before, before.length(), Subject.FINDING).stream()
                .map(Suggestion::text)
                .toList();
    }

    private static String value(String text) {
        int caret = text.indexOf('|');
        String query = text.replace("|", "");
        return Completion.value(query, caret)
                .map(value -> value.token().name() + " " + value.typed() + " " + query.substring(0, value.from()) + "|"
                        + query.substring(value.to()) + " " + value.quote())
                .orElse("none");
    }

    @Test
    void aValueThatIsBeingWrittenIsKnownWithItsQuotesAndInGroups() {
        assertThat(value("asset.domain:co|")).isEqualTo("asset.domain co asset.domain:| `");
        assertThat(value("asset.domain:|")).isEqualTo("asset.domain  asset.domain:| `");
        assertThat(value("asset.domain:`co|`")).isEqualTo("asset.domain co asset.domain:| `");
        assertThat(value("operatingSystem.name:\"Windows Ser|"))
                .isEqualTo("operatingSystem.name Windows Ser operatingSystem.name:| \"");
        assertThat(value("asset.inventory:(source:`Cor|"))
                .isEqualTo("asset.inventory.source Cor asset.inventory:(source:| `");
        assertThat(value("finding.cveId:[CVE-1, CVE-2|")).isEqualTo("finding.cveId CVE-2 finding.cveId:[CVE-1, | `");
        assertThat(value("asset.do|")).isEqualTo("none");
        assertThat(value("asset.domain:corp |")).isEqualTo("none");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class CompletionFuzzTest {

    @FuzzTest
    void whateverIsTypedThereAreAtMostFiftyWaysToGoOn(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        int step = Math.max(1, text.length() / 8);
        for (int caret = text.length(); caret >= 0; caret -= step) {
            for (Subject subject : Subject.values()) {
                assertThat(Completion.complete(text, caret, subject))
                        .hasSizeLessThanOrEqualTo(50)
                        .doesNotContainNull();
            }
            int at = caret;
            Completion.value(text, caret).ifPresent(value -> {
                assertThat(value.from()).isBetween(0, at);
                assertThat(value.to()).isBetween(at, text.length());
            });
        }
    }
}

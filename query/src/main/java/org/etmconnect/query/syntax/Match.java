// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.math.BigDecimal;
import java.util.List;

/** What a token's value must be like. Text is compared without regard to case, except by {@link Exact}. */
public sealed interface Match {

    /** There is a value: {@code token:*}. */
    record HasValue() implements Match {}

    /** The text contains all the words, in any order: bare words. */
    record Words(List<String> words) implements Match {
        public Words {
            words = List.copyOf(words);
            if (words.isEmpty() || !BareWord.isFirst(words.getFirst())) {
                throw new IllegalArgumentException("Not writable without quotes: " + words);
            }
            for (String word : words.subList(1, words.size())) {
                if (!BareWord.isFurther(word)) {
                    throw new IllegalArgumentException("Not writable without quotes: " + word);
                }
            }
        }
    }

    /** The text contains the words side by side: double quotes. */
    record Phrase(String text) implements Match {
        public Phrase {
            requireText(text);
        }
    }

    /** The text is this, to the letter: backticks or single quotes. */
    record Exact(String text) implements Match {
        public Exact {
            requireText(text);
        }
    }

    /** The value is this one of the token's known values. */
    record Choice(String value) implements Match {}

    /** The value is true, or is false. */
    record Truth(boolean value) implements Match {}

    /** The number compares so with this one. */
    record NumberIs(Comparison comparison, BigDecimal number) implements Match {
        public NumberIs {
            number = plain(number);
        }
    }

    /** The number lies between two; {@code inclusive} says whether it may be one of them. */
    record NumberIn(BigDecimal low, BigDecimal high, boolean inclusive) implements Match {
        public NumberIn {
            low = plain(low);
            high = plain(high);
        }
    }

    /** The date compares so with this one. */
    record DateIs(Comparison comparison, DateValue date) implements Match {}

    /** The date lies between two; {@code inclusive} says whether it may lie within one of them. */
    record DateIn(DateValue low, DateValue high, boolean inclusive) implements Match {}

    /** One of these, none of which is a {@code OneOf} or {@code HasValue}: a value list. */
    record OneOf(List<Match> matches) implements Match {
        public OneOf {
            matches = List.copyOf(matches);
            if (matches.isEmpty()) {
                throw new IllegalArgumentException("A value list needs a value");
            }
        }
    }

    /** The whole query asks for the state at this point. */
    record At(RunOrDate point) implements Match {}

    /** It happened after one point in history and not after another. */
    record Between(RunOrDate after, RunOrDate until) implements Match {}

    private static BigDecimal plain(BigDecimal number) {
        return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
    }

    private static void requireText(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("The text is blank");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a value as written into the kind that its token holds. */
final class ValueReader {

    /** A value, or why it is none. */
    sealed interface Reading {}

    record Good(Match match) implements Reading {}

    record Bad(String message, List<String> expected, Optional<String> suggestion) implements Reading {}

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,15}(\\.\\d{1,9})?");
    private static final Pattern RUN = Pattern.compile("[1-9]\\d{0,8}");
    private static final Pattern AGO = Pattern.compile("now(?:-(\\d{1,6})([smhdw]))?", Pattern.CASE_INSENSITIVE);
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final DateTimeFormatter MOMENT = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .appendValue(ChronoField.HOUR_OF_DAY, 2)
            .appendLiteral(':')
            .appendValue(ChronoField.MINUTE_OF_HOUR, 2)
            .optionalStart()
            .appendLiteral(':')
            .appendValue(ChronoField.SECOND_OF_MINUTE, 2)
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 3, true)
            .optionalEnd()
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private ValueReader() {}

    static List<String> expected(Token token) {
        return switch (token.type()) {
            case TEXT -> List.of("a word", "\"a phrase\"", "`an exact value`", "[a list]", "*");
            case NUMBER -> List.of("a number", "a range [1 .. 5]", "a list [1, 2]", "*");
            case DATE -> List.of("a date such as 2026-03-01 or now-7d", "a range [a .. b]", "*");
            case LEVEL -> List.of("1 to 5", "Info, Low, Medium, High or Critical", "*");
            case CHOICE -> token.values();
            case BOOLEAN -> List.of("true", "false");
            case MOMENT -> List.of("a run such as 42", "a date such as 2026-03-01 or now-7d");
            case PERIOD -> List.of("two runs or dates [41 .. 42]");
        };
    }

    static Reading read(Token token, Comparison comparison, Match raw) {
        return switch (token.type()) {
            case TEXT -> new Good(raw);
            case NUMBER -> number(token, comparison, written(raw));
            case DATE -> date(token, comparison, written(raw));
            case LEVEL -> level(token, comparison, written(raw));
            case CHOICE -> choice(token, written(raw));
            case BOOLEAN -> truth(token, written(raw));
            case MOMENT, PERIOD -> point(token, written(raw));
        };
    }

    static Match between(Match low, Match high, boolean inclusive) {
        if (low instanceof Match.NumberIs(Comparison _, BigDecimal from)
                && high instanceof Match.NumberIs(Comparison _, BigDecimal to)) {
            return new Match.NumberIn(from, to, inclusive);
        }
        if (low instanceof Match.DateIs(Comparison _, DateValue from)
                && high instanceof Match.DateIs(Comparison _, DateValue to)) {
            return new Match.DateIn(from, to, inclusive);
        }
        if (low instanceof Match.At(RunOrDate after) && high instanceof Match.At(RunOrDate until)) {
            return new Match.Between(after, until);
        }
        throw new IllegalStateException("A range of " + low + " and " + high);
    }

    private static String written(Match raw) {
        return switch (raw) {
            case Match.Words(List<String> words) -> String.join(" ", words);
            case Match.Phrase(String text) -> text.strip();
            case Match.Exact(String text) -> text.strip();
            case Match.HasValue _,
                    Match.Choice _,
                    Match.Truth _,
                    Match.NumberIs _,
                    Match.NumberIn _,
                    Match.DateIs _,
                    Match.DateIn _,
                    Match.At _,
                    Match.Between _,
                    Match.OneOf _ -> throw new IllegalStateException("Already read: " + raw);
        };
    }

    private static Bad bad(Token token, String message, Optional<String> suggestion) {
        return new Bad(message, expected(token), suggestion);
    }

    private static String quote(String written) {
        return written.length() <= 60 ? "'" + written + "'" : "'" + written.substring(0, 60) + "…'";
    }

    private static Reading number(Token token, Comparison comparison, String written) {
        if (!NUMBER.matcher(written).matches()) {
            return bad(token, token.name() + " holds a number, and " + quote(written) + " is none.", Optional.empty());
        }
        return new Good(new Match.NumberIs(comparison, new BigDecimal(written)));
    }

    private static Reading level(Token token, Comparison comparison, String written) {
        for (int i = 0; i < token.values().size(); i++) {
            if (token.values().get(i).equalsIgnoreCase(written)) {
                return new Good(new Match.NumberIs(comparison, BigDecimal.valueOf(i + 1L)));
            }
        }
        if (!written.matches("[1-5]")) {
            return bad(
                    token,
                    token.name() + " goes from 1 to 5, and " + quote(written) + " is no such severity.",
                    Nearest.of(written, token.values()));
        }
        return new Good(new Match.NumberIs(comparison, new BigDecimal(written)));
    }

    private static Reading choice(Token token, String written) {
        for (String value : token.values()) {
            if (value.equalsIgnoreCase(written)) {
                return new Good(new Match.Choice(value));
            }
        }
        return bad(token, token.name() + " has no value " + quote(written) + ".", Nearest.of(written, token.values()));
    }

    private static Reading truth(Token token, String written) {
        return switch (written.toLowerCase(Locale.ROOT)) {
            case "true", "yes" -> new Good(new Match.Truth(true));
            case "false", "no" -> new Good(new Match.Truth(false));
            default -> bad(token, token.name() + " is true or false, not " + quote(written) + ".", Optional.empty());
        };
    }

    static Optional<RunOrDate> point(String written) {
        if (RUN.matcher(written).matches()) {
            return Optional.of(new RunOrDate.Run(Integer.parseInt(written)));
        }
        Token anyDate = TokenCatalogue.standard().get("asset.lastFoundDate");
        return date(anyDate, Comparison.EQUAL, written) instanceof Good(Match.DateIs(Comparison _, DateValue date))
                ? Optional.of(new RunOrDate.Date(date))
                : Optional.empty();
    }

    private static Reading point(Token token, String written) {
        Optional<RunOrDate> point = point(written);
        return point.isPresent()
                ? new Good(new Match.At(point.get()))
                : bad(
                        token,
                        quote(written) + " is neither the number of a run nor a date. Write 42, 2026-03-01,"
                                + " '2026-03-01T12:00:00Z' or now-7d.",
                        Optional.empty());
    }

    private static Reading date(Token token, Comparison comparison, String written) {
        Matcher ago = AGO.matcher(written);
        if (ago.matches()) {
            return ago(token, comparison, ago);
        }
        try {
            if (DAY.matcher(written).matches()) {
                LocalDate day = LocalDate.parse(written);
                if (day.getYear() < 1) {
                    return bad(token, "The year of " + quote(written) + " is out of range.", Optional.empty());
                }
                return new Good(new Match.DateIs(comparison, new DateValue.Day(day)));
            }
            return new Good(new Match.DateIs(comparison, moment(written)));
        } catch (DateTimeParseException e) {
            return bad(
                    token,
                    token.name() + " holds a date, and " + quote(written)
                            + " is none. Write 2026-03-01, '2026-03-01T12:00:00Z' or now-7d.",
                    Optional.empty());
        } catch (DateTimeException e) {
            return bad(token, quote(written) + " is out of range.", Optional.empty());
        }
    }

    private static DateValue moment(String written) {
        var parsed = MOMENT.parseBest(
                written.toUpperCase(Locale.ROOT).replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) ", "$1T"),
                OffsetDateTime::from,
                LocalDateTime::from);
        Instant instant = parsed instanceof OffsetDateTime withOffset
                ? withOffset.toInstant()
                : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC);
        int year = instant.atOffset(ZoneOffset.UTC).getYear();
        if (year < 1 || year > 9999) {
            throw new DateTimeException("year " + year);
        }
        return new DateValue.Moment(instant, written.indexOf('.') >= 0);
    }

    private static Reading ago(Token token, Comparison comparison, Matcher ago) {
        if (ago.group(1) == null) {
            return new Good(new Match.DateIs(comparison, new DateValue.Ago(0, DateValue.Unit.SECONDS)));
        }
        int amount = Integer.parseInt(ago.group(1));
        if (amount > DateValue.MAX_AGO) {
            return bad(token, "An age is at most " + DateValue.MAX_AGO + ", not " + amount + ".", Optional.empty());
        }
        for (DateValue.Unit unit : DateValue.Unit.values()) {
            if (unit.letter().equalsIgnoreCase(ago.group(2))) {
                return new Good(new Match.DateIs(comparison, new DateValue.Ago(amount, unit)));
            }
        }
        throw new IllegalStateException("No unit " + ago.group(2));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.etmconnect.connector.FieldType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.StringNode;

/** Brings a present, single value to a type. Gives null where the value means "none". */
@FunctionalInterface
interface Conversion {

    @Nullable
    JsonNode convert(JsonNode value) throws ConversionFault;

    /**
     * Times before 1980 and from 2100 on are taken for mistakes: milliseconds of that span cannot be confused with seconds or
     * microseconds of any time that matters here, and the oldest CVE was published in 1988.
     */
    long EARLIEST = Instant.parse("1980-01-01T00:00:00Z").toEpochMilli();

    long LATEST = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli() - 1;

    static Conversion to(FieldType type) {
        return switch (type) {
            case TEXT -> Conversion::text;
            case INTEGER -> value -> LongNode.valueOf(integer(value));
            case DECIMAL -> value -> DoubleNode.valueOf(decimal(value));
            case BOOLEAN -> Conversion::bool;
            case INSTANT -> Conversion::instant;
            case SEVERITY -> Conversion::severity;
            case OBJECT ->
                value -> {
                    throw new ConversionFault("a single value cannot become an object");
                };
        };
    }

    /** Whether the value counts as none: missing, null or blank text. */
    static boolean isAbsent(@Nullable JsonNode value) {
        return value == null
                || value.isMissingNode()
                || value.isNull()
                || (value instanceof StringNode text && isBlank(text.stringValue()));
    }

    private static boolean isBlank(String text) {
        return text.isEmpty() || (text.charAt(0) <= ' ' && text.isBlank());
    }

    private static JsonNode text(JsonNode value) throws ConversionFault {
        if (value instanceof StringNode) {
            return value;
        }
        if (value.isNumber()) {
            return StringNode.valueOf(plain(value));
        }
        if (value.isBoolean()) {
            return StringNode.valueOf(value.booleanValue() ? "true" : "false");
        }
        throw new ConversionFault("it is " + kind(value) + ", but a text is needed");
    }

    private static String plain(JsonNode number) {
        if (number.isIntegralNumber()) {
            return number.bigIntegerValue().toString();
        }
        double floating = number.doubleValue();
        return Double.isFinite(floating) ? number.decimalValue().toPlainString() : Double.toString(floating);
    }

    private static long integer(JsonNode value) throws ConversionFault {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        BigDecimal number = number(value, "a whole number");
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw new ConversionFault("it is not a whole number of up to 64 bits");
        }
    }

    private static double decimal(JsonNode value) throws ConversionFault {
        double number = value.isNumber()
                ? value.doubleValue()
                : number(value, "a number").doubleValue();
        if (!Double.isFinite(number)) {
            throw new ConversionFault("it is not a finite number");
        }
        // -0.0 and 0.0 are one value and must be the same bytes.
        return number == 0 ? 0.0 : number;
    }

    private static BigDecimal number(JsonNode value, String wanted) throws ConversionFault {
        if (value.isNumber()) {
            if (!Double.isFinite(value.doubleValue())) {
                throw new ConversionFault("it is not a finite number");
            }
            return value.decimalValue();
        }
        if (value instanceof StringNode text) {
            String digits = text.stringValue().strip();
            // A cap on the length keeps an exponent or a wall of digits from costing memory.
            if (digits.length() <= 40) {
                try {
                    BigDecimal number = new BigDecimal(digits);
                    if (Math.abs((long) number.scale()) <= 400) {
                        return number;
                    }
                } catch (NumberFormatException e) {
                    throw new ConversionFault("it is text that is not " + wanted);
                }
            }
            throw new ConversionFault("it is text that is not " + wanted);
        }
        throw new ConversionFault("it is " + kind(value) + ", but " + wanted + " is needed");
    }

    private static JsonNode bool(JsonNode value) throws ConversionFault {
        if (value.isBoolean()) {
            return value;
        }
        if (value instanceof StringNode text) {
            return switch (text.stringValue().strip().toLowerCase(Locale.ROOT)) {
                case "true", "yes" -> BooleanNode.TRUE;
                case "false", "no" -> BooleanNode.FALSE;
                default -> throw new ConversionFault("it is neither true nor false, yes nor no");
            };
        }
        throw new ConversionFault("it is " + kind(value) + ", but true or false is needed");
    }

    private static JsonNode severity(JsonNode value) throws ConversionFault {
        long severity;
        try {
            severity = integer(value);
        } catch (ConversionFault e) {
            throw new ConversionFault(
                    "it is not a severity from 1 to 5; name it under \"values\" or give \"otherwise\" for the rest");
        }
        if (severity < 1 || severity > 5) {
            throw new ConversionFault("a severity goes from 1 (minimal) to 5 (urgent)");
        }
        return IntNode.valueOf((int) severity);
    }

    private static @Nullable JsonNode instant(JsonNode value) throws ConversionFault {
        long millis;
        if (value instanceof StringNode text) {
            millis = parseInstant(text.stringValue().strip());
        } else if (value.isNumber()) {
            millis = epochMillis(number(value, "a time"));
        } else {
            throw new ConversionFault("it is " + kind(value) + ", but a time is needed");
        }
        // Zero is how systems of this kind write "never".
        return millis == 0 ? null : StringNode.valueOf(format(inRange(millis)));
    }

    private static long inRange(long millis) throws ConversionFault {
        if (millis < EARLIEST || millis > LATEST) {
            throw new ConversionFault(
                    "as a time it is not between 1980 and 2099; numbers are taken as milliseconds since 1970");
        }
        return millis;
    }

    private static long epochMillis(BigDecimal number) throws ConversionFault {
        if (number.precision() - number.scale() > 18) {
            throw new ConversionFault("it is too large a number for a time in milliseconds since 1970");
        }
        return number.longValue();
    }

    private static long parseInstant(String text) throws ConversionFault {
        if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return epochMillis(number(StringNode.valueOf(text), "a time"));
        }
        try {
            if (text.length() == 10) {
                return LocalDate.parse(text)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .toEpochMilli();
            }
            boolean spelledZone = text.endsWith(" UTC");
            String iso = spelledZone ? text.substring(0, text.length() - 4) + "Z" : text;
            if (iso.length() > 10 && iso.charAt(10) == ' ') {
                iso = iso.substring(0, 10) + "T" + iso.substring(11);
            }
            return OffsetDateTime.parse(iso).toInstant().toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new ConversionFault("it is not a time; expected milliseconds since 1970, "
                    + "\"YYYY-MM-DD HH:MM:SS UTC\" or ISO 8601 with a time zone");
        } catch (DateTimeException | ArithmeticException e) {
            throw new ConversionFault("it is a time too far away");
        }
    }

    /** ISO 8601, UTC, with exactly three digits of a second's fraction. */
    static String format(long millis) {
        long days = Math.floorDiv(millis, 86_400_000L);
        int rest = (int) Math.floorMod(millis, 86_400_000L);
        LocalDate date = LocalDate.ofEpochDay(days);
        // By hand: every host has one.
        byte[] text = new byte[24];
        digits(text, 0, 4, date.getYear());
        text[4] = '-';
        digits(text, 5, 2, date.getMonthValue());
        text[7] = '-';
        digits(text, 8, 2, date.getDayOfMonth());
        text[10] = 'T';
        digits(text, 11, 2, rest / 3_600_000);
        text[13] = ':';
        digits(text, 14, 2, rest / 60_000 % 60);
        text[16] = ':';
        digits(text, 17, 2, rest / 1000 % 60);
        text[19] = '.';
        digits(text, 20, 3, rest % 1000);
        text[23] = 'Z';
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void digits(byte[] text, int from, int count, int number) {
        int rest = number;
        for (int i = from + count - 1; i >= from; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "a text";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case BINARY, POJO -> "not JSON";
            case NULL, MISSING -> "nothing";
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fault and the requests it befalls. Several scripts may befall one request; they are counted apart.
 *
 * @param call the last part of the path, e.g. {@code get_endpoint}, or {@code *} for every call of the API
 * @param when which of those requests, counted from the moment the script is injected
 * @param fault what happens to them
 */
public record FaultScript(String call, When when, Fault fault) {

    /** Which requests. */
    public sealed interface When {}

    /** The requests from the {@code first} to the {@code last}, counted from 1, both included. */
    public record Requests(long first, long last) implements When {}

    /** About so many percent of the requests, chosen by a random number generator with that seed. */
    public record Share(double percent, long seed) implements When {}

    /** Every request. */
    public static final When ALWAYS = new Requests(1, Long.MAX_VALUE);

    private static final Pattern FORM =
            Pattern.compile("(?<call>[a-z_*]+)(?:@(?<when>[^:]+))?:(?<what>[a-z0-9-]+)(?:=(?<value>.+))?");
    private static final Pattern RANGE = Pattern.compile("(\\d+)(?:(-)(\\d+)|(\\+))?");
    private static final Pattern SHARE = Pattern.compile("(\\d+(?:\\.\\d+)?)%(?:/(\\d+))?");

    /** How a script is written, for help texts. */
    public static final String SYNTAX = """
            CALL[@WHEN]:FAULT[=VALUE], e.g. get_endpoint@3-5:429
            CALL   last part of the path, or * for all
            WHEN   3 | 3-5 | 3+ (requests counted from 1) | 10% | 10%/SEED; every request if left out
            FAULT  429, 429-text, 500-text, 503, reset, slow=MILLISECONDS, err-in-200[=CODE],
                   truncate=ROWS, break=ROWS, malformed=ROW,
                   drop=FIELD, reform=FIELD (a value as a list, a list as a value), set=FIELD:VALUE,
                   null=FIELD (endpoints, ip, ipv6, mac_address, tags, group_name, users),
                   no-total, null-total, lying-total=DIFFERENCE, shift=HOSTS (negative: they leave),
                   empty, text-dates, text-numbers, fail, quota, parallel""";

    /**
     * Reads a script as {@link #SYNTAX} says.
     *
     * @throws IllegalArgumentException if it cannot be read; the message says why
     */
    public static FaultScript parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("fault '" + text + "' cannot be read; write " + SYNTAX);
        }
        String when = form.group("when");
        String value = form.group("value");
        return new FaultScript(
                form.group("call"),
                when == null ? ALWAYS : when(when, text),
                fault(form.group("what").toLowerCase(Locale.ROOT), value == null ? "" : value, text));
    }

    private static When when(String when, String text) {
        Matcher share = SHARE.matcher(when);
        if (share.matches()) {
            String seed = share.group(2);
            return new Share(Double.parseDouble(share.group(1)), seed == null ? 1 : Long.parseLong(seed));
        }
        Matcher range = RANGE.matcher(when);
        if (!range.matches()) {
            throw new IllegalArgumentException(
                    "fault '" + text + "': '" + when + "' names no requests; write 3, 3-5, 3+ or 10%");
        }
        long first = Long.parseLong(range.group(1));
        long last = range.group(4) != null
                ? Long.MAX_VALUE
                : range.group(2) != null ? Long.parseLong(range.group(3)) : first;
        return new Requests(first, last);
    }

    private static Fault fault(String what, String value, String text) {
        return switch (what) {
            case "429" -> new Fault.TooManyRequests(false);
            case "429-text" -> new Fault.TooManyRequests(true);
            case "500-text" -> new Fault.ServerErrorText();
            case "503" -> new Fault.Unavailable();
            case "reset" -> new Fault.ConnectionReset();
            case "slow" -> new Fault.Slow(Duration.ofMillis(number(value, text)));
            case "err-in-200" -> new Fault.ErrorInSuccess(value.isEmpty() ? 500 : (int) number(value, text));
            case "truncate" -> new Fault.TruncatedStream(number(value, text));
            case "break" -> new Fault.BrokenStream(number(value, text));
            case "malformed" -> new Fault.MalformedLine(number(value, text));
            case "null" -> new Fault.NullList(value);
            case "drop" -> new Fault.DroppedField(value);
            case "reform" -> new Fault.OtherForm(value);
            case "set" -> fixed(value, text);
            case "no-total" -> new Fault.NoTotalCount();
            case "null-total" -> new Fault.NullTotalCount();
            case "lying-total" -> new Fault.LyingTotalCount(number(value, text));
            case "shift" -> new Fault.ShiftingPages((int) number(value, text));
            case "empty" -> new Fault.EmptyDatasets();
            case "text-dates" -> new Fault.DatesAsText();
            case "text-numbers" -> new Fault.NumbersAsText();
            case "fail" -> new Fault.QueryFails();
            case "quota" -> new Fault.QuotaExceeded();
            case "parallel" -> new Fault.ParallelLimit();
            default ->
                throw new IllegalArgumentException(
                        "fault '" + text + "': there is no fault '" + what + "'; write " + SYNTAX);
        };
    }

    private static Fault fixed(String value, String text) {
        int colon = value.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(
                    "fault '" + text + "' needs a field and a value after =, as in set=risk_score:7");
        }
        return new Fault.FixedField(value.substring(0, colon), value.substring(colon + 1));
    }

    private static long number(String value, String text) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("fault '" + text + "' needs a whole number after =, as in slow=500", e);
        }
    }
}

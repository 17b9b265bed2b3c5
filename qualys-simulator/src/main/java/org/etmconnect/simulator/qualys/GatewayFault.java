// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the gateway misbehaves.
 *
 * @param call {@code auth}, {@code sync}, {@code report} or {@code *}
 * @param first first request that it befalls, counted from 1 from the moment the fault is injected
 * @param last last such request
 * @param percent about so many percent of those requests
 * @param kind what happens
 * @param value what the kind needs: milliseconds, a number of assets; 0 for none
 */
public record GatewayFault(String call, long first, long last, double percent, Kind kind, int value) {

    /** What can happen. */
    public enum Kind {
        /** Status 429 with the rate headers; {@code value} is what the client is told to wait, in seconds. */
        TOO_MANY("429"),
        /** Status 500 with a page of a web server. */
        SERVER_ERROR("500"),
        /** Status 503. */
        UNAVAILABLE("503"),
        /** All tokens given out so far are worth nothing from now on. */
        TOKENS_REVOKED("revoke"),
        /** The connection is cut before the request is looked at. */
        RESET("reset"),
        /** The request is worked off, then the connection is cut instead of an answer. */
        ANSWER_LOST("lost"),
        /** {@code value} milliseconds pass before the answer. */
        SLOW("slow"),
        /** The last {@code value} assets of the batch are rejected: status 207, errors by key. */
        PARTLY("207"),
        /** The same, but the errors come as a list. */
        PARTLY_AS_LIST("207-list"),
        /** The same, but with status 200. */
        PARTLY_IN_200("partly-200"),
        /** Status 200, and the body is no JSON. */
        GARBAGE("garbage");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    private static final Pattern FORM = Pattern.compile(
            "(?<call>auth|sync|report|\\*)(?:@(?:(?<first>\\d+)(?:(?<to>-)(?<last>\\d+)|(?<on>\\+))?|(?<percent>\\d+)%))?:(?<what>[a-z0-9-]+)(?:=(?<value>\\d+))?");

    /** How a fault is written, for help texts. */
    public static final String SYNTAX = """
            CALL[@WHEN]:FAULT[=VALUE], e.g. sync@3-5:429=1
            CALL   auth, sync, report, or * for all
            WHEN   3 | 3-5 | 3+ (requests counted from 1) | 10%; every request if left out
            FAULT  429[=SECONDS], 500, 503, revoke, reset, lost, slow=MILLISECONDS, garbage,
                   207=ASSETS, 207-list=ASSETS, partly-200=ASSETS""";

    /**
     * Reads a fault as {@link #SYNTAX} says.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static GatewayFault parse(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException("fault '" + text + "' cannot be read; write " + SYNTAX);
        }
        long first = form.group("first") == null ? 1 : Long.parseLong(form.group("first"));
        long last = form.group("first") == null || form.group("on") != null
                ? Long.MAX_VALUE
                : form.group("to") == null ? first : Long.parseLong(form.group("last"));
        double percent = form.group("percent") == null ? 100 : Double.parseDouble(form.group("percent"));
        int value = form.group("value") == null ? 0 : Integer.parseInt(form.group("value"));
        return new GatewayFault(form.group("call"), first, last, percent, kind(form.group("what"), text), value);
    }

    private static Kind kind(String word, String text) {
        for (Kind kind : Kind.values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("fault '" + text + "': there is no fault '" + word + "'; write " + SYNTAX);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.time.Duration;

/** One way in which the tenant can misbehave. {@link FaultScript#parse} says how each is written as text. */
public sealed interface Fault {

    /** Status 429, as JSON or as plain text. */
    record TooManyRequests(boolean plainText) implements Fault {}

    /** Status 500 with the text of a web server instead of JSON. */
    record ServerErrorText() implements Fault {}

    /** Status 503 with a page of a gateway. */
    record Unavailable() implements Fault {}

    /** Status 200 whose reply holds {@code err_code} and {@code err_msg}. */
    record ErrorInSuccess(int code) implements Fault {}

    /** Closes the connection without an answer. */
    record ConnectionReset() implements Fault {}

    /** Waits before it answers. */
    record Slow(Duration delay) implements Fault {}

    /** Ends a stream in good order, but without the rows after the first {@code rows}. */
    record TruncatedStream(long rows) implements Fault {}

    /** Breaks the connection in a stream after {@code rows} rows. */
    record BrokenStream(long rows) implements Fault {}

    /** Cuts the line of the {@code row}-th row of a stream, counted from 1, in its middle. */
    record MalformedLine(long row) implements Fault {}

    /**
     * Sends null where a list of {@code get_endpoint} belongs: {@code endpoints}, or a field of each record such as {@code ip}, {@code tags} or
     * {@code group_name}.
     */
    record NullList(String field) implements Fault {}

    /** Rows that are not as they were, as if the vendor had changed them without a word. */
    sealed interface Reshaped extends Fault {}

    /** Leaves a field or column out of every row. */
    record DroppedField(String field) implements Reshaped {}

    /** Sends the value of a field or column as a list of one; of a list its first element, without the list. */
    record OtherForm(String field) implements Reshaped {}

    /** Sends this value, JSON or else text, in a field or column of every row, also in one that the API has not. */
    record FixedField(String field, String value) implements Reshaped {}

    /** Leaves {@code total_count} out. */
    record NoTotalCount() implements Fault {}

    /** Sends null for {@code total_count} and {@code result_count}. */
    record NullTotalCount() implements Fault {}

    /** Sends a {@code total_count} that is off by {@code difference}. */
    record LyingTotalCount(long difference) implements Fault {}

    /**
     * Hosts come or go while a client reads. If negative, the first {@code -hosts} hosts (by id) are gone from the endpoint calls
     * from this request on. If positive, they are missing until this request and there from it on.
     */
    record ShiftingPages(int hosts) implements Fault {}

    /** The datasets {@code va_cves} and {@code va_endpoints} have no rows, for a query that starts with this request. */
    record EmptyDatasets() implements Fault {}

    /** Query results show dates as text, also inline. */
    record DatesAsText() implements Fault {}

    /** Query results show numbers as text. */
    record NumbersAsText() implements Fault {}

    /** A query that starts with this request ends with the status FAIL. */
    record QueryFails() implements Fault {}

    /** Says that the day's quota of queries is spent. */
    record QuotaExceeded() implements Fault {}

    /** Says that too many queries run at a time. */
    record ParallelLimit() implements Fault {}
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/** Is told how a fetch goes. Implementations are safe for use by several threads and return at once. */
public interface FetchObserver {

    /** A request was sent to the vendor, counted also when it failed. {@code call} is its path. */
    void apiCall(String call);

    /** The vendor asked to slow down ({@code 429} or its like). */
    void throttled(String call);

    /** How many rows of {@code stream} are expected in all, as far as the vendor says. May be said again. */
    void expectedRows(String stream, long rows);

    /**
     * A request used some of a quota that the vendor sets, in the vendor's units.
     *
     * @param spent by this request
     * @param left after it
     */
    default void quota(double spent, double left) {}

    /** Something a person should know that does not stop the fetch. A sentence. */
    void warning(String message);
}

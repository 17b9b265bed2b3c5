// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/** Where a fetch puts the vendor's answers. Safe for use by several threads. */
public interface PageSink {

    /**
     * Begins a page. It is discarded unless it is committed.
     *
     * @param stream e.g. {@code endpoints}
     * @param key unique within the stream; a page committed under a key that exists replaces it
     * @param request the body that was sent, without credentials
     */
    PageWriter begin(String stream, String key, String request);
}

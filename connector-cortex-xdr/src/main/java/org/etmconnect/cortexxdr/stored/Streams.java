// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.stored;

/** The streams of a fetch, by the names their pages are stored under. */
public final class Streams {

    public static final String ENDPOINTS = "endpoints";
    public static final String CVES = "va_cves";
    public static final String ENDPOINT_CVES = "va_endpoints";

    private Streams() {}
}

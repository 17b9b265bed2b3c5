// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

/** The calls of the public API that the connector uses. All are POST and change nothing. */
public enum ApiCall {
    GET_ENDPOINT("/public_api/v1/endpoints/get_endpoint"),
    START_XQL_QUERY("/public_api/v1/xql/start_xql_query"),
    GET_QUERY_RESULTS("/public_api/v1/xql/get_query_results"),
    GET_QUERY_RESULTS_STREAM("/public_api/v1/xql/get_query_results_stream"),
    GET_QUOTA("/public_api/v1/xql/get_quota"),
    GET_TENANT_INFO("/public_api/v1/system/get_tenant_info");

    private final String path;

    ApiCall(String path) {
        this.path = path;
    }

    /** Its path below the base URL. */
    public String path() {
        return path;
    }

    boolean isXql() {
        return switch (this) {
            case START_XQL_QUERY, GET_QUERY_RESULTS, GET_QUERY_RESULTS_STREAM, GET_QUOTA -> true;
            case GET_ENDPOINT, GET_TENANT_INFO -> false;
        };
    }
}

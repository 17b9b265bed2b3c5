// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

/** Whether the tenant has vulnerability data. */
public enum HostInsights {
    /** It has. */
    ENABLED,
    /** The datasets are there and have no rows, as on a tenant that never switched the feature on. */
    NOT_ENABLED,
    /** Queries answer 402. */
    NOT_LICENSED
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/** How a value is compared with the one in the query. */
public enum Comparison {
    EQUAL(":"),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    LESS("<"),
    LESS_OR_EQUAL("<=");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    /** The sign as printed queries write it. */
    public String sign() {
        return sign;
    }
}

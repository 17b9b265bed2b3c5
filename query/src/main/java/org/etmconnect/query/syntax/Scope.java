// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

/**
 * What a token is a property of. A host may have several findings, custom attributes and sources: a condition on such a token holds if one of
 * them fulfils it, and conditions inside one nested group must be fulfilled by the same one.
 */
public enum Scope {
    /** The host itself; of its addresses, one has to match. No source says which address goes with which MAC. */
    HOST("asset"),
    /** One finding of the host. */
    FINDING("finding"),
    /** One custom attribute of the host. */
    CUSTOM_ATTRIBUTE("customAttributes"),
    /** One source of the host: what one connection says of it. */
    SOURCE("asset.inventory");

    private final String group;

    Scope(String group) {
        this.group = group;
    }

    /** The group that is written before {@code :( … )}. */
    public String group() {
        return group;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

/** The order of a list of assets. Rows without a value come last; equal rows are in order of their ids. */
public enum AssetSort {
    /** By name, without regard to case, from A to Z. */
    NAME,
    /** By id, lowest first. */
    ID,
    /** By the source's first found date, newest first. */
    FIRST_FOUND,
    /** By our last found date, newest first. */
    LAST_FOUND,
    /** By operating system name and version, from A to Z. */
    OPERATING_SYSTEM
}

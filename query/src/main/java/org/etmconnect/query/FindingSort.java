// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

/** The order of a list of findings. Rows without a value come last. */
public enum FindingSort {
    /** Highest severity first; findings of one definition stay together. */
    SEVERITY,
    /** Highest source risk score first; findings of one definition stay together. */
    SOURCE_RISK_SCORE,
    /** By the run that first found them, newest first; findings of one host stay together. */
    NEWEST,
    /** By CVE id, from A to Z. */
    CVE,
    /** By the asset's name, without regard to case, from A to Z. */
    ASSET
}

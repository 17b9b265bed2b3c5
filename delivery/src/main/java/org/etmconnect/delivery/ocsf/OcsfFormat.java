// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

/** How events are written. */
public enum OcsfFormat {

    /** A JSON object on each line. */
    JSON_LINES("jsonl"),

    /** Parquet, whose columns are nested as the objects are. */
    PARQUET("parquet");

    private final String ending;

    OcsfFormat(String ending) {
        this.ending = ending;
    }

    /** What names of such files end in, without the dot. */
    public String ending() {
        return ending;
    }
}

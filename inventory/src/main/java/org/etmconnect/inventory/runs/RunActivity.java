// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.runs;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run is at and what it spent.
 *
 * @param milliseconds how long each stage took so far; those not entered are not in it
 * @param progress how far it has got; empty once it has ended
 * @param quota what it used of a quota that the vendor sets, if the vendor says so
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RunActivity(Map<RunStage, Long> milliseconds, Optional<Progress> progress, Optional<Quota> quota) {

    public static final RunActivity NONE = new RunActivity(Map.of(), Optional.empty(), Optional.empty());

    public RunActivity {
        Map<RunStage, Long> ordered = new EnumMap<>(RunStage.class);
        ordered.putAll(milliseconds);
        milliseconds = Collections.unmodifiableMap(ordered);
    }

    /**
     * How far a run has got.
     *
     * @param stage what it is doing, for people
     * @param done how many of {@code unit} are done
     * @param total of how many, if that is known
     * @param unit what is counted, e.g. {@code hosts}
     */
    public record Progress(String stage, long done, Optional<Long> total, String unit) {}

    /**
     * Of a vendor's quota, in its units.
     *
     * @param spent by this run
     * @param left of the vendor's period, as last said
     */
    public record Quota(double spent, double left) {}

    /** The same, of a run that has ended. */
    public RunActivity ended() {
        return new RunActivity(milliseconds, Optional.empty(), quota);
    }
}

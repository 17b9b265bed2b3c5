// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.Optional;
import java.util.OptionalLong;
import org.etmconnect.inventory.runs.RunActivity;

/**
 * How far a run has got.
 *
 * @param stage what it is doing, e.g. {@code Fetching endpoints}
 * @param done how many of {@code unit} are done
 * @param total of how many, if that is known
 * @param unit what is counted, e.g. {@code hosts}
 */
public record RunProgress(String stage, long done, OptionalLong total, String unit) {

    /** The same, as it is kept with a run so that other servers know it. */
    public RunActivity.Progress kept() {
        return new RunActivity.Progress(
                stage, done, total.isPresent() ? Optional.of(total.getAsLong()) : Optional.empty(), unit);
    }
}

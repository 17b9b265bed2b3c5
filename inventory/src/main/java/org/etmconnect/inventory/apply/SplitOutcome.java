// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

/** What became of a wish to split an asset, or to undo that. Of all but {@link Done}, nothing was changed. */
public sealed interface SplitOutcome {

    /** Done; the split as it is now. */
    record Done(AssetSplit split) implements SplitOutcome {}

    /** There is no such thing, e.g. {@code asset 7}. */
    record Missing(String what) implements SplitOutcome {}

    /** It cannot be; {@code why} is a sentence that says what to do. */
    record Refused(String why) implements SplitOutcome {}
}

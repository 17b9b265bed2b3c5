// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Match;
import org.etmconnect.query.syntax.RunOrDate;

/**
 * A query parted into when it asks and what it asks.
 *
 * @param point the point in history whose state is asked for; empty for the present
 * @param condition the rest of the query
 */
record AsOf(Optional<RunOrDate> point, Condition condition) {

    static AsOf of(Condition query) {
        Optional<RunOrDate> point = Optional.empty();
        List<Condition> others = new ArrayList<>();
        for (Condition conjunct : Reach.conjuncts(query)) {
            if (conjunct instanceof Condition.Compare(var _, Match.At(RunOrDate named))) {
                point = Optional.of(named);
            } else {
                others.add(conjunct);
            }
        }
        return new AsOf(point, others.isEmpty() ? new Condition.Everything() : Condition.all(others));
    }
}

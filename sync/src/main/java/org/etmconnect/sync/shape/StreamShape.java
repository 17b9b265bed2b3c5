// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync.shape;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the records of a stream looked like.
 *
 * @param rows how many there were, by the newest complete fetch; negative if that is not known
 * @param sampled how many were looked at
 * @param whole whether those were all
 * @param usedUp fields that the connector reads itself, by path
 * @param fields the fields that had a value, by the path that a map's row writes, without the [] at its end
 */
record StreamShape(long rows, int sampled, boolean whole, Set<String> usedUp, SortedMap<String, FieldShape> fields) {

    /** Of what is in so few records of a sample, another sample may have none, or the other way round. */
    private static final int FEW = 20;

    /** What is less probable than this is not chance: a run compares hundreds of fields, and runs are many. */
    private static final double CHANCE = 1e-8;

    private static final double AS_GOOD_A_LOOK = 0.9;

    StreamShape {
        usedUp = Set.copyOf(usedUp);
        fields = new TreeMap<>(fields);
    }

    /** The share of the records that had a value in this field, 0 to 1. */
    double share(FieldShape field) {
        return sampled == 0 ? 0 : (double) field.filled() / sampled;
    }

    /**
     * Whether values of this kind, which no earlier run knew in the field, were not there then.
     *
     * @param now the field in this, and {@code then} the same field in {@code earlier}
     */
    boolean isNews(Kind kind, FieldShape now, StreamShape earlier, FieldShape then) {
        int count = now.kinds().getOrDefault(kind, 0);
        double cautiousShare = (double) count / (now.filled() + FEW);
        return (count >= FEW && Math.pow(1 - cautiousShare, then.filled()) < CHANCE)
                || (count > 0 && whole && earlier.whole);
    }

    /** This, and what only an earlier one knew: what was seen once is known for good. */
    StreamShape with(StreamShape earlier) {
        SortedMap<String, FieldShape> all = new TreeMap<>(fields);
        earlier.fields().forEach((path, known) -> {
            FieldShape now = fields.get(path);
            all.put(
                    path,
                    now == null
                            ? new FieldShape(0, zeros(known.kinds()), zeros(known.values()), known.example())
                            : new FieldShape(
                                    now.filled(),
                                    with(known.kinds(), news(now, earlier, known)),
                                    with(known.values(), now.values()),
                                    now.example()));
        });
        return new StreamShape(rows < 0 ? earlier.rows() : rows, sampled, whole, usedUp, all);
    }

    /**
     * A kind that nobody was told of stays unknown, so that it is news once there is more of it; but where the earlier
     * look saw less of the field, its not having seen the kind says nothing.
     */
    private Map<Kind, Integer> news(FieldShape now, StreamShape earlier, FieldShape then) {
        Map<Kind, Integer> kept = new HashMap<>(now.kinds());
        if (then.filled() >= AS_GOOD_A_LOOK * now.filled()) {
            kept.keySet().removeIf(kind -> !then.kinds().containsKey(kind) && !isNews(kind, now, earlier, then));
        }
        return kept;
    }

    private static <K> Map<K, Integer> with(Map<K, Integer> known, Map<K, Integer> now) {
        Map<K, Integer> both = zeros(known);
        both.putAll(now);
        return both;
    }

    private static <K> Map<K, Integer> zeros(Map<K, Integer> known) {
        Map<K, Integer> zeros = new HashMap<>();
        known.keySet().forEach(key -> zeros.put(key, 0));
        return zeros;
    }
}

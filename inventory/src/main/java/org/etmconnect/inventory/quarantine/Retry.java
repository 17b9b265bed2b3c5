// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.quarantine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Things that a run tries again.
 *
 * @param ofRun the run that put them into quarantine
 * @param count how many they are
 * @param hosts keys of the hosts that are among them, or have a finding among them
 * @param sharedFindings keys of the findings among them that are mapped once for all hosts that have them
 * @param anyHost whether one among them has no key, so that any host may be meant
 */
public record Retry(int ofRun, int count, Set<String> hosts, Set<String> sharedFindings, boolean anyHost) {

    public Retry {
        hosts = Set.copyOf(hosts);
        sharedFindings = Set.copyOf(sharedFindings);
    }

    static Retry of(int ofRun, List<Quarantined> things) {
        Set<String> hosts = new HashSet<>();
        Set<String> sharedFindings = new HashSet<>();
        boolean anyHost = false;
        for (Quarantined thing : things) {
            thing.nativeKey()
                    .ifPresentOrElse(hosts::add, () -> thing.findingKey().ifPresent(sharedFindings::add));
            anyHost |= thing.nativeKey().isEmpty() && thing.findingKey().isEmpty();
        }
        return new Retry(ofRun, things.size(), hosts, sharedFindings, anyHost);
    }
}

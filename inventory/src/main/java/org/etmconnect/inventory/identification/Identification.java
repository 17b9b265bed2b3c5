// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides to which asset a record belongs. Pure and safe for use by several threads. */
public final class Identification {

    private final List<IdentificationRule> rules;

    /** @param rules in order; the source native key is not among them, it was tried before */
    public Identification(List<IdentificationRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The attributes that any rule asks for. */
    public Set<IdentityAttribute> attributes() {
        return rules.stream().flatMap(rule -> rule.attributes().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The first rule that finds exactly one asset decides; where several match, the next rule is tried.
     *
     * @param record the record's values
     * @param candidates assets that share a value with it; others cannot match
     */
    public Decision decide(IdentityAttributes record, Collection<Candidate> candidates) {
        return decide(record, candidates, Set.of());
    }

    /**
     * The same, with assets that the record is never joined with.
     *
     * @param apart ids of assets from which people split the record
     */
    public Decision decide(IdentityAttributes record, Collection<Candidate> candidates, Set<Integer> apart) {
        List<Decision.Tried> tried = new ArrayList<>(0);
        for (IdentificationRule rule : rules) {
            List<Candidate> agreeing = new ArrayList<>(1);
            for (Candidate candidate : candidates) {
                if (agreement(rule, record, candidate).isPresent()) {
                    agreeing.add(candidate);
                }
            }
            List<Candidate> eligible = agreeing.stream()
                    .filter(candidate -> !apart.contains(candidate.assetId()))
                    .filter(candidate -> rule.strong() || !candidate.listedBesideRecord())
                    .toList();
            if (eligible.size() == 1) {
                Candidate match = eligible.getFirst();
                return new Decision.Existing(
                        match.assetId(),
                        rule.name(),
                        agreement(rule, record, match).orElseThrow(),
                        List.copyOf(tried));
            }
            if (!agreeing.isEmpty()) {
                tried.add(new Decision.Tried(
                        rule.name(),
                        agreeing.stream().map(Candidate::assetId).sorted().toList(),
                        whyNone(agreeing, eligible, apart)));
            }
        }
        return new Decision.NewAsset(List.copyOf(tried));
    }

    private static String whyNone(List<Candidate> agreeing, List<Candidate> eligible, Set<Integer> apart) {
        if (!eligible.isEmpty()) {
            return eligible.size() + " assets agree, one must";
        }
        return agreeing.stream().allMatch(candidate -> apart.contains(candidate.assetId()))
                ? "people split the record from it"
                : "the same snapshot lists it as another host";
    }

    private static Optional<Map<IdentityAttribute, Set<String>>> agreement(
            IdentificationRule rule, IdentityAttributes record, Candidate candidate) {
        Map<IdentityAttribute, Set<String>> matched = new EnumMap<>(IdentityAttribute.class);
        for (IdentityAttribute attribute : rule.attributes()) {
            Set<String> shared = record.shared(attribute, candidate.attributes());
            if (shared.isEmpty()) {
                return Optional.empty();
            }
            matched.put(attribute, shared);
        }
        return Optional.of(matched);
    }
}

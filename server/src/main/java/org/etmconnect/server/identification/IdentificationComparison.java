// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.identification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.rules.ConnectionIdentification;
import org.etmconnect.inventory.rules.RuleKind;
import org.etmconnect.inventory.rules.RuleList;
import org.etmconnect.inventory.rules.RuleStore;
import org.etmconnect.inventory.rules.SavedRule;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.ComparedThingDto;
import org.etmconnect.server.rest.model.ConfigurationConnectionIdentificationDto;
import org.etmconnect.server.rest.model.ConfigurationIdentificationDto;
import org.etmconnect.server.rest.model.FieldDifferenceDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.IdentificationSwitchDto;
import org.springframework.stereotype.Component;

/** Holds identification rules against what is stored. */
@Component
public class IdentificationComparison {

    private final RuleStore rules;

    IdentificationComparison(RuleStore rules) {
        this.rules = rules;
    }

    /**
     * Compares; nothing is stored.
     *
     * @param stored the connections that there are, by name
     * @param sent the names of those that come with the request
     */
    public ComparedThingDto compare(
            ConfigurationIdentificationDto input, Map<String, SavedConnection> stored, Set<String> sent) {
        try {
            RuleList before = rules.list();
            List<SavedRule> wanted = IdentificationRoutes.saved(
                            rules.tryReplace(IdentificationRoutes.drafts(input.getRules())))
                    .rules();
            List<FieldDifferenceDto> differences = new ArrayList<>(differences(before.rules(), wanted));
            List<ConfigurationConnectionIdentificationDto> connections = input.getConnections();
            if (connections != null) {
                for (int index = 0; index < connections.size(); index++) {
                    differences.addAll(
                            connection("connections[" + index + "]", connections.get(index), wanted, stored, sent));
                }
            }
            return document(
                            differences.isEmpty()
                                    ? ComparedThingDto.StateEnum.SAME
                                    : ComparedThingDto.StateEnum.DIFFERENT,
                            differences)
                    .version((int) before.version());
        } catch (ApiProblem unusable) {
            List<FieldProblemDto> problems = unusable.fields().isEmpty()
                    ? List.of(new FieldProblemDto("rules", String.valueOf(unusable.getMessage())))
                    : unusable.fields();
            return document(ComparedThingDto.StateEnum.UNUSABLE, List.of()).problems(problems);
        }
    }

    private static List<FieldDifferenceDto> differences(List<SavedRule> before, List<SavedRule> after) {
        List<String> earlier = texts(before);
        List<String> later = texts(after);
        return IntStream.range(0, Math.max(earlier.size(), later.size()))
                .filter(place -> place >= earlier.size()
                        || place >= later.size()
                        || !earlier.get(place).equals(later.get(place)))
                .mapToObj(place -> {
                    FieldDifferenceDto difference = new FieldDifferenceDto("rules[" + place + "]", false);
                    if (place < earlier.size()) {
                        difference.setBefore(earlier.get(place));
                    }
                    if (place < later.size()) {
                        difference.setAfter(later.get(place));
                    }
                    return difference;
                })
                .toList();
    }

    private static List<String> texts(List<SavedRule> rules) {
        return rules.stream()
                .filter(rule -> rule.kind() != RuleKind.SYSTEM)
                .map(rule -> rule.name()
                        + rule.attributes().stream()
                                .map(IdentityAttribute::title)
                                .sorted()
                                .collect(Collectors.joining(", ", " (", ")"))
                        + (rule.enabled() ? "" : ", off")
                        + (rule.description().isEmpty() ? "" : ": " + rule.description()))
                .toList();
    }

    private List<FieldDifferenceDto> connection(
            String field,
            ConfigurationConnectionIdentificationDto input,
            List<SavedRule> wanted,
            Map<String, SavedConnection> stored,
            Set<String> sent) {
        String name = input.getConnection();
        Optional<SavedConnection> known = Optional.ofNullable(stored.get(name));
        if (known.isEmpty() && !sent.contains(name)) {
            throw unusable(
                    field + ".connection", "There is no connection \"" + name + "\", neither here nor on the server.");
        }
        Map<String, Boolean> switches = new LinkedHashMap<>();
        List<IdentificationSwitchDto> given = input.getSwitches() == null ? List.of() : input.getSwitches();
        for (IdentificationSwitchDto each : given) {
            if (wanted.stream().noneMatch(rule -> rule.name().equals(each.getRule()))) {
                throw unusable(field + ".switches", "There is no rule \"" + each.getRule() + "\" in the list above.");
            }
            switches.put(each.getRule(), each.getEnabled());
        }
        Optional<ConnectionIdentification> before = known.flatMap(connection -> rules.connection(connection.id()));
        String earlier = text(
                before.map(ConnectionIdentification::createUnmanagedAsset).orElse(true),
                before.map(ConnectionIdentification::switches).orElse(Map.of()));
        String later = text(!Boolean.FALSE.equals(input.getCreateUnmanagedAsset()), switches);
        return earlier.equals(later)
                ? List.of()
                : List.of(new FieldDifferenceDto("connection " + name, false)
                        .before(earlier)
                        .after(later));
    }

    private static String text(boolean createUnmanagedAsset, Map<String, Boolean> switches) {
        return (createUnmanagedAsset ? "makes new assets" : "makes no new assets")
                + new TreeMap<>(switches)
                        .entrySet().stream()
                                .map(each -> ", " + each.getKey() + (each.getValue() ? " on" : " off"))
                                .collect(Collectors.joining());
    }

    private static ComparedThingDto document(ComparedThingDto.StateEnum state, List<FieldDifferenceDto> differences) {
        return new ComparedThingDto(state, differences, List.of(), List.of());
    }

    private static ApiProblem unusable(String field, String message) {
        return ApiProblem.unusable("The rules cannot be used", List.of(new FieldProblemDto(field, message)));
    }
}

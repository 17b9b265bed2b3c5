// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.identification;

import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.etmconnect.inventory.apply.AssetSplit;
import org.etmconnect.inventory.apply.AssetSplits;
import org.etmconnect.inventory.apply.Reidentification;
import org.etmconnect.inventory.apply.RuleEffect;
import org.etmconnect.inventory.apply.SplitOutcome;
import org.etmconnect.inventory.identification.IdentificationRule;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.rules.ConnectionIdentification;
import org.etmconnect.inventory.rules.RuleChange;
import org.etmconnect.inventory.rules.RuleDraft;
import org.etmconnect.inventory.rules.RuleKind;
import org.etmconnect.inventory.rules.RuleList;
import org.etmconnect.inventory.rules.RuleOutcome;
import org.etmconnect.inventory.rules.RuleStore;
import org.etmconnect.inventory.rules.SavedRule;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.IdentificationApi;
import org.etmconnect.server.rest.model.AssetSplitDto;
import org.etmconnect.server.rest.model.AssetSplitInputDto;
import org.etmconnect.server.rest.model.AssetSplitListDto;
import org.etmconnect.server.rest.model.ConnectionIdentificationDto;
import org.etmconnect.server.rest.model.ConnectionIdentificationInputDto;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.IdentificationAttributeDto;
import org.etmconnect.server.rest.model.IdentificationAttributeListDto;
import org.etmconnect.server.rest.model.IdentificationRuleChangeDto;
import org.etmconnect.server.rest.model.IdentificationRuleDto;
import org.etmconnect.server.rest.model.IdentificationRuleInputDto;
import org.etmconnect.server.rest.model.IdentificationRuleListDto;
import org.etmconnect.server.rest.model.IdentificationRuleOrderDto;
import org.etmconnect.server.rest.model.IdentificationRulesInputDto;
import org.etmconnect.server.rest.model.IdentificationSwitchDto;
import org.etmconnect.server.rest.model.IdentityAttributeDto;
import org.etmconnect.server.rest.model.NamedAssetDto;
import org.etmconnect.server.rest.model.RecordKeyDto;
import org.etmconnect.server.rest.model.RuleEffectDto;
import org.etmconnect.server.rest.model.RuleLinkDto;
import org.etmconnect.server.rest.model.RuleMergeDto;
import org.etmconnect.server.rest.model.RuleRecordDto;
import org.etmconnect.server.rest.model.RuleSimulationInputDto;
import org.etmconnect.server.rest.model.RuleSplitDto;
import org.etmconnect.server.security.Actor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class IdentificationRoutes implements IdentificationApi {

    private static final String LIST = "GET /api/v1/identification-rules lists those there are.";

    private static final int EXAMPLES = 20;

    private final RuleStore rules;
    private final Reidentification reidentification;
    private final AssetSplits splits;
    private final Actor actor;

    IdentificationRoutes(RuleStore rules, Reidentification reidentification, AssetSplits splits, Actor actor) {
        this.rules = rules;
        this.reidentification = reidentification;
        this.splits = splits;
        this.actor = actor;
    }

    @Override
    public ResponseEntity<IdentificationRuleListDto> listIdentificationRules() {
        return answer(rules.list());
    }

    @Override
    public ResponseEntity<IdentificationRuleDto> createIdentificationRule(IdentificationRuleInputDto input) {
        IdentificationRuleDto created =
                document(saved(rules.create(draft(input))).rules().getLast());
        return ResponseEntity.created(URI.create("/api/v1/identification-rules/" + created.getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<IdentificationRuleListDto> replaceIdentificationRules(
            String ifMatch, IdentificationRulesInputDto input) {
        return answer(saved(rules.replace(drafts(input.getRules()), version(ifMatch))));
    }

    @Override
    public ResponseEntity<IdentificationRuleListDto> orderIdentificationRules(
            String ifMatch, IdentificationRuleOrderDto order) {
        return answer(saved(rules.order(order.getRuleIds(), version(ifMatch))));
    }

    @Override
    public ResponseEntity<IdentificationRuleListDto> resetIdentificationRules() {
        return answer(saved(rules.reset()));
    }

    @Override
    public ResponseEntity<IdentificationRuleDto> getIdentificationRule(Integer ruleId) {
        return ResponseEntity.ok(document(rule(rules.list(), ruleId)));
    }

    @Override
    public ResponseEntity<IdentificationRuleDto> changeIdentificationRule(
            Integer ruleId, IdentificationRuleChangeDto change) {
        RuleOutcome outcome = rules.update(
                ruleId,
                new RuleChange(
                        Optional.ofNullable(change.getName()),
                        Optional.ofNullable(change.getDescription()),
                        Optional.of(attributes(change.getAttributes())).filter(attributes -> !attributes.isEmpty()),
                        Optional.ofNullable(change.getEnabled())));
        return ResponseEntity.ok(document(rule(saved(outcome), ruleId)));
    }

    @Override
    public ResponseEntity<Void> deleteIdentificationRule(Integer ruleId) {
        saved(rules.delete(ruleId));
        return ResponseEntity.noContent().build();
    }

    @Override
    public ResponseEntity<IdentificationAttributeListDto> listIdentificationAttributes() {
        return ResponseEntity.ok(new IdentificationAttributeListDto(Arrays.stream(IdentityAttribute.values())
                .map(attribute ->
                        new IdentificationAttributeDto(document(attribute), attribute.title(), attribute.findsHosts()))
                .toList()));
    }

    @Override
    public ResponseEntity<ConnectionIdentificationDto> getConnectionIdentification(Integer connectionId) {
        return ResponseEntity.ok(document(connection(connectionId)));
    }

    @Override
    public ResponseEntity<ConnectionIdentificationDto> setConnectionIdentification(
            Integer connectionId, ConnectionIdentificationInputDto input) {
        Map<String, Boolean> switches = new LinkedHashMap<>();
        for (IdentificationSwitchDto each : input.getSwitches()) {
            if (switches.put(each.getRule(), each.getEnabled()) != null) {
                throw ApiProblem.unusable(
                        "The switches cannot be used",
                        List.of(new FieldProblemDto(
                                "switches", "Name each rule once; \"" + each.getRule() + "\" comes twice.")));
            }
        }
        saved(rules.configure(connectionId, input.getCreateUnmanagedAsset(), switches));
        return ResponseEntity.ok(document(connection(connectionId)));
    }

    @Override
    public ResponseEntity<RuleEffectDto> simulateIdentificationRules(RuleSimulationInputDto input) {
        List<IdentificationRuleInputDto> drafts = input.getRules();
        List<SavedRule> tried = drafts == null || drafts.isEmpty()
                ? rules.list().rules()
                : saved(rules.tryReplace(drafts(drafts))).rules();
        Integer examples = input.getExamples();
        return ResponseEntity.ok(document(reidentification.simulate(
                inOrder(tried), byConnection(tried), examples == null ? EXAMPLES : examples)));
    }

    @Override
    public ResponseEntity<RuleEffectDto> reidentifyInventory() {
        List<SavedRule> stored = rules.list().rules();
        return ResponseEntity.ok(
                document(reidentification.apply(inOrder(stored), byConnection(stored), EXAMPLES, actor.name())));
    }

    @Override
    public ResponseEntity<AssetSplitDto> splitAsset(Integer assetId, AssetSplitInputDto input) {
        String reason = input.getReason();
        return ResponseEntity.ok(done(splits.split(
                assetId, Set.copyOf(input.getRecordIds()), actor.name(), reason == null ? "" : reason.strip())));
    }

    @Override
    public ResponseEntity<AssetSplitListDto> listAssetSplits(@Nullable Integer assetId, Integer limit) {
        return ResponseEntity.ok(new AssetSplitListDto(splits.list(Optional.ofNullable(assetId), limit).stream()
                .map(IdentificationRoutes::document)
                .toList()));
    }

    @Override
    public ResponseEntity<AssetSplitDto> undoAssetSplit(Integer splitId) {
        return ResponseEntity.ok(done(splits.undo(splitId, actor.name())));
    }

    private static AssetSplitDto done(SplitOutcome outcome) {
        return switch (outcome) {
            case SplitOutcome.Done(AssetSplit split) -> document(split);
            case SplitOutcome.Missing(String what) ->
                throw ApiProblem.notFound(
                        what, "GET /api/v1/assets and GET /api/v1/identification-splits list those there are.");
            case SplitOutcome.Refused(String why) -> throw ApiProblem.conflict("That cannot be split so", why);
        };
    }

    private static List<IdentificationRule> inOrder(List<SavedRule> rules) {
        return rules.stream()
                .filter(rule -> rule.kind() != RuleKind.SYSTEM)
                .map(SavedRule::rule)
                .toList();
    }

    private Map<Integer, List<IdentificationRule>> byConnection(List<SavedRule> tried) {
        Map<Integer, List<IdentificationRule>> on = new LinkedHashMap<>();
        rules.connections(tried).forEach((connection, its) -> on.put(connection, its.rules()));
        return on;
    }

    private static RuleEffectDto document(RuleEffect effect) {
        RuleEffectDto document = new RuleEffectDto(
                effect.records(),
                effect.assetsBefore(),
                effect.assetsAfter(),
                effect.assetsMerged(),
                effect.assetsSplit(),
                effect.recordsMoved(),
                effect.merges().stream().map(IdentificationRoutes::document).toList(),
                effect.splits().stream()
                        .map(split -> new RuleSplitDto(
                                document(split.asset()),
                                split.parts().stream()
                                        .map(part -> part.stream()
                                                .map(IdentificationRoutes::document)
                                                .toList())
                                        .toList()))
                        .toList());
        effect.operationId().ifPresent(document::setOperationId);
        return document;
    }

    private static RuleMergeDto document(RuleEffect.Merge merge) {
        RuleMergeDto document = new RuleMergeDto(
                merge.assets().stream().map(IdentificationRoutes::document).toList(),
                merge.links().stream().map(IdentificationRoutes::document).toList());
        merge.assetId().ifPresent(document::setAssetId);
        return document;
    }

    private static RuleLinkDto document(RuleEffect.Link link) {
        Map<String, List<String>> matched = new LinkedHashMap<>();
        link.values()
                .forEach((attribute, values) ->
                        matched.put(attribute.title(), values.stream().sorted().toList()));
        return new RuleLinkDto(link.rule(), matched, document(link.one()), document(link.other()));
    }

    private static NamedAssetDto document(RuleEffect.Named asset) {
        NamedAssetDto document = new NamedAssetDto(asset.assetId());
        asset.name().ifPresent(document::setName);
        return document;
    }

    private static RuleRecordDto document(RuleEffect.Member record) {
        RuleRecordDto document = new RuleRecordDto(record.recordId(), record.connectionId(), record.nativeKey());
        record.name().ifPresent(document::setName);
        return document;
    }

    private static AssetSplitDto document(AssetSplit split) {
        AssetSplitDto document = new AssetSplitDto(
                split.id(),
                split.assetId(),
                split.splitAssetId(),
                split.author(),
                split.at(),
                split.reason(),
                split.stayed().stream().map(IdentificationRoutes::document).toList(),
                split.left().stream().map(IdentificationRoutes::document).toList());
        split.undoneAt().ifPresent(document::setUndoneAt);
        return document;
    }

    private static RecordKeyDto document(AssetSplit.Key key) {
        return new RecordKeyDto(key.connectionId(), key.nativeKey());
    }

    private ConnectionIdentification connection(int connectionId) {
        return rules.connection(connectionId)
                .orElseThrow(() -> ApiProblem.notFound(
                        "connection " + connectionId, "GET /api/v1/connections lists those there are."));
    }

    private static OptionalLong version(String ifMatch) {
        String text = ifMatch.strip();
        if (text.equals("*")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text.replace("\"", "")));
        } catch (NumberFormatException foreign) {
            throw ApiProblem.badRequest(
                    "If-Match cannot be read",
                    "It was " + text
                            + ". Send the ETag that GET /api/v1/identification-rules answered, e.g. \"7\", or *.");
        }
    }

    static RuleList saved(RuleOutcome outcome) {
        return switch (outcome) {
            case RuleOutcome.Saved(RuleList list) -> list;
            case RuleOutcome.Missing(String what) -> throw ApiProblem.notFound(what, LIST);
            case RuleOutcome.NameTaken(String name) ->
                throw ApiProblem.conflict("There is a rule \"" + name + "\" already", "Choose another name.");
            case RuleOutcome.Fixed(String name, String why) ->
                throw ApiProblem.conflict("The rule \"" + name + "\" cannot be changed so", why);
            case RuleOutcome.Stale(long version) ->
                throw ApiProblem.changedMeanwhile(
                        "Someone changed the identification rules meanwhile",
                        "They have version " + version
                                + " now. Read them with GET /api/v1/identification-rules and try again.");
            case RuleOutcome.Unusable(String field, String message) ->
                throw ApiProblem.unusable("The rules cannot be used", List.of(new FieldProblemDto(field, message)));
            case RuleOutcome.NoneOn(List<String> connections) ->
                throw ApiProblem.conflict(
                        "At least one identification rule must stay on",
                        connections.isEmpty()
                                ? "Switch on another one first."
                                : "None would be on for " + String.join(", ", connections)
                                        + ". Switch on another one first.");
        };
    }

    private static ResponseEntity<IdentificationRuleListDto> answer(RuleList list) {
        return ResponseEntity.ok()
                .eTag("\"" + list.version() + "\"")
                .body(new IdentificationRuleListDto(
                        list.version(),
                        list.rules().stream()
                                .map(IdentificationRoutes::document)
                                .toList()));
    }

    private static SavedRule rule(RuleList list, int ruleId) {
        return list.rules().stream()
                .filter(rule -> rule.id() == ruleId)
                .findFirst()
                .orElseThrow(() -> ApiProblem.notFound("identification rule " + ruleId, LIST));
    }

    static List<RuleDraft> drafts(List<IdentificationRuleInputDto> inputs) {
        return inputs.stream().map(IdentificationRoutes::draft).toList();
    }

    private static RuleDraft draft(IdentificationRuleInputDto input) {
        String description = input.getDescription();
        return new RuleDraft(
                input.getName().strip(),
                description == null ? "" : description.strip(),
                attributes(input.getAttributes()),
                !Boolean.FALSE.equals(input.getEnabled()));
    }

    private static Set<IdentityAttribute> attributes(@Nullable Collection<IdentityAttributeDto> documents) {
        EnumSet<IdentityAttribute> attributes = EnumSet.noneOf(IdentityAttribute.class);
        if (documents != null) {
            documents.forEach(each -> attributes.add(IdentityAttribute.valueOf(each.name())));
        }
        return attributes;
    }

    private static IdentityAttributeDto document(IdentityAttribute attribute) {
        return IdentityAttributeDto.valueOf(attribute.name());
    }

    private static IdentificationRuleDto document(SavedRule rule) {
        return new IdentificationRuleDto(
                rule.id(),
                IdentificationRuleDto.KindEnum.valueOf(rule.kind().name()),
                rule.name(),
                rule.description(),
                rule.attributes().stream()
                        .sorted()
                        .map(IdentificationRoutes::document)
                        .toList(),
                rule.enabled());
    }

    private static ConnectionIdentificationDto document(ConnectionIdentification identification) {
        return new ConnectionIdentificationDto(
                identification.createUnmanagedAsset(),
                identification.switches().entrySet().stream()
                        .map(each -> new IdentificationSwitchDto(each.getKey(), each.getValue()))
                        .toList(),
                identification.rules().stream().map(IdentificationRule::name).toList());
    }
}

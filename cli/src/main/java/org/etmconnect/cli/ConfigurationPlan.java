// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etmconnect.cli.ConfigurationDocument.AbsentCredential;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What has to be done so that a server has what the documents say, in the order in which it can be done.
 *
 * @param problems why it cannot be done, a line each, with file and line; empty if it can
 */
record ConfigurationPlan(List<Step> steps, List<String> problems) {

    private static final Pattern SENT_FIELD =
            Pattern.compile("(maps|connections|identification|profiles|destinations)\\[(\\d+)]\\.?(?:profile\\.)?(.*)");

    /**
     * One document.
     *
     * @param compared what the server says of it
     */
    record Step(ConfigurationDocument document, JsonNode compared) {

        boolean isNew() {
            return compared.path("state").asString().equals("NEW");
        }

        boolean same() {
            return compared.path("state").asString().equals("SAME");
        }

        /** What is worth knowing, a sentence each. */
        List<String> notices() {
            List<String> notices = new ArrayList<>();
            compared.path("notices").forEach(notice -> notices.add(notice.asString()));
            document.absent()
                    .forEach(credential -> notices.add(credential.field() + ": " + credential.variable()
                            + " is not set; the stored credential stays."));
            return notices;
        }
    }

    ConfigurationPlan {
        steps = List.copyOf(steps);
        problems = List.copyOf(problems);
    }

    /** Asks the server, which stores nothing. */
    static ConfigurationPlan of(Api api, List<ConfigurationDocument> documents) {
        Map<DocumentKind, List<ConfigurationDocument>> byKind = new EnumMap<>(DocumentKind.class);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        for (DocumentKind kind : DocumentKind.values()) {
            List<ConfigurationDocument> ofKind = documents.stream()
                    .filter(document -> document.kind() == kind)
                    // Versions of one map in their order; the others as they stand in the files.
                    .sorted(Comparator.comparingInt(
                            document -> document.body().path("version").asInt(Integer.MAX_VALUE)))
                    .toList();
            byKind.put(kind, ofKind);
            ArrayNode list = body.putArray(kind.listName());
            ofKind.forEach(document -> list.add(sent(document)));
        }
        JsonNode answer;
        try {
            answer = api.post("/api/v1/configuration/comparison", Optional.of(body));
        } catch (CliFailure refused) {
            return refusal(refused, byKind);
        }
        List<Step> steps = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        byKind.forEach((kind, ofKind) -> {
            for (int index = 0; index < ofKind.size(); index++) {
                Step step =
                        new Step(ofKind.get(index), answer.path(kind.listName()).path(index));
                steps.add(step);
                problems.addAll(problems(step));
            }
        });
        return new ConfigurationPlan(steps, problems);
    }

    private static JsonNode sent(ConfigurationDocument document) {
        return document.owner()
                .<JsonNode>map(connection -> JsonNodeFactory.instance
                        .objectNode()
                        .put("connection", connection)
                        .set("profile", document.body()))
                .orElse(document.body());
    }

    private static List<String> problems(Step step) {
        ConfigurationDocument document = step.document();
        List<String> problems = new ArrayList<>();
        if (step.isNew()) {
            document.absent().forEach(credential -> problems.add(missing(document, credential)));
        }
        for (JsonNode problem : step.compared().path("problems")) {
            String field = problem.path("field").asString();
            Optional<AbsentCredential> absent = document.absent().stream()
                    .filter(credential -> credential.field().equals("secrets." + field))
                    .findFirst();
            problems.add(absent.map(credential -> missing(document, credential) + " "
                            + problem.path("message").asString())
                    .orElseGet(() -> said(document, problem)));
        }
        return problems;
    }

    private static String missing(ConfigurationDocument document, AbsentCredential credential) {
        return document.place(credential.line()) + ": " + credential.field() + " of " + document.kind() + " \""
                + document.title() + "\": the environment variable " + credential.variable()
                + " is not set. Set it, or write {fromFile: PATH}.";
    }

    private static String said(ConfigurationDocument document, JsonNode problem) {
        String field = problem.path("field").asString();
        int textLine = problem.path("line").asInt(0);
        int line = textLine > 0 && textLine <= document.textLines().size()
                ? document.textLines().get(textLine - 1)
                : document.lineOf(field);
        return document.place(line)
                + (textLine > 0 && problem.has("column")
                        ? ":" + problem.path("column").asInt()
                        : "")
                + ": "
                + (field.isEmpty() ? "" : field + ": ")
                + problem.path("message").asString();
    }

    /** The server refused the request as a whole, say for a text that is too long. */
    private static ConfigurationPlan refusal(
            CliFailure refused, Map<DocumentKind, List<ConfigurationDocument>> byKind) {
        List<String> problems = new ArrayList<>();
        refused.problem()
                .ifPresent(problem -> problem.path("fields").forEach(field -> {
                    Matcher sent = SENT_FIELD.matcher(field.path("field").asString());
                    if (sent.matches()) {
                        DocumentKind kind = byKind.keySet().stream()
                                .filter(each -> each.listName().equals(sent.group(1)))
                                .findFirst()
                                .orElseThrow();
                        List<ConfigurationDocument> ofKind = byKind.getOrDefault(kind, List.of());
                        int index = Integer.parseInt(sent.group(2));
                        if (index < ofKind.size()) {
                            ObjectNode located = ((ObjectNode) field.deepCopy()).put("field", sent.group(3));
                            problems.add(said(ofKind.get(index), located));
                        }
                    }
                }));
        if (problems.isEmpty()) {
            throw refused;
        }
        return new ConfigurationPlan(List.of(), problems);
    }
}

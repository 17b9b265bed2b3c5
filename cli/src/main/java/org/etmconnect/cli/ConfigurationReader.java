// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.etmconnect.cli.ConfigurationDocument.AbsentCredential;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.Names;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the documents of configuration files and resolves their credentials. Goes on after a mistake, so that all are said
 * at once. Used by one thread.
 */
final class ConfigurationReader {

    static final String API_VERSION = "etm-connect/v1";

    private static final int DEEPEST = 20;
    private static final long LONGEST_FILE = 64L << 20;
    private static final Pattern DOCUMENT_START = Pattern.compile("---(\\s.*)?");
    private static final Pattern DOCUMENT_END = Pattern.compile("\\.\\.\\.(\\s.*)?");

    private final Function<String, Optional<String>> environment;
    private final List<ConfigurationDocument> documents = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    /** @param environment the value of a variable, if it is set */
    ConfigurationReader(Function<String, Optional<String>> environment) {
        this.environment = environment;
    }

    List<ConfigurationDocument> documents() {
        return List.copyOf(documents);
    }

    /** Why the files cannot be used, a line each, with file and line; empty if they can. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /** @param folder against which the text's {@code fromFile} are read */
    void read(String file, String text, Path folder) {
        String[] lines = (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r\n|\n|\r", -1);
        int first = 0;
        // Such a line is never content, wherever it stands.
        for (int line = 0; line <= lines.length; line++) {
            boolean end =
                    line == lines.length || DOCUMENT_END.matcher(lines[line]).matches();
            if (end || (line > first && DOCUMENT_START.matcher(lines[line]).matches())) {
                document(new Chunk(file, first, List.of(lines).subList(first, line), folder));
                first = end ? line + 1 : line;
            }
        }
    }

    /** The lines of one document; {@code first} is how many lines of the file stand before them. */
    private record Chunk(String file, int first, List<String> lines, Path folder) {

        boolean empty() {
            return lines.stream()
                    .allMatch(line -> line.isBlank()
                            || line.stripLeading().startsWith("#")
                            || line.stripTrailing().equals("---"));
        }

        /** What breaks off at the text's end is wrong in its last line that says something. */
        int atMostLast(int line) {
            int last = lines.size() - 1;
            while (last > 0 && lines.get(last).isBlank()) {
                last--;
            }
            return first + 1 + Math.min(line, last);
        }

        int line(Node node) {
            return first + 1 + node.getStartMark().map(mark -> mark.getLine()).orElse(0);
        }
    }

    private void document(Chunk chunk) {
        if (chunk.empty()) {
            return;
        }
        LoadSettings settings = LoadSettings.builder().setLabel(chunk.file()).build();
        String text = String.join("\n", chunk.lines()) + "\n";
        try {
            Optional<Event> tooDeep = tooDeep(settings, text);
            if (tooDeep.isPresent()) {
                int line = tooDeep.get().getStartMark().map(Mark::getLine).orElse(0);
                problems.add(chunk.file() + ":" + chunk.atMostLast(line) + ": It is nested more than " + DEEPEST
                        + " deep, which no document is.");
                return;
            }
            Node root = new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new YamlEngineException("there is nothing in it"));
            if (root instanceof MappingNode mapping) {
                document(chunk, mapping);
            } else {
                problem(chunk, root, "A document is a mapping that starts with apiVersion: " + API_VERSION + ".");
            }
        } catch (MarkedYamlEngineException broken) {
            int line = chunk.atMostLast(
                    broken.getProblemMark().map(mark -> mark.getLine()).orElse(0));
            problems.add(chunk.file() + ":" + line + ": This is not YAML: " + broken.getProblem() + ".");
        } catch (YamlEngineException broken) {
            problems.add(chunk.file() + ":" + (chunk.first() + 1) + ": This is not YAML: " + broken.getMessage());
        }
    }

    /** Where it goes deeper than any document, before something recurses into it. */
    private static Optional<Event> tooDeep(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default -> {}
            }
            if (depth > DEEPEST) {
                return Optional.of(event);
            }
        }
        return Optional.empty();
    }

    private void document(Chunk chunk, MappingNode root) {
        Map<String, NodeTuple> entries = entries(chunk, root);
        Optional<String> version = word(entries, "apiVersion");
        if (version.isEmpty()) {
            Optional<String> nearest = Names.nearest("apiVersion", entries.keySet());
            problem(
                    chunk,
                    nearest.map(name -> key(entries, name)).orElse(root),
                    nearest.map(name -> "Unknown field " + name + ". Did you mean apiVersion?")
                            .orElse("The document has no apiVersion. Write apiVersion: " + API_VERSION + "."));
            return;
        }
        if (!version.get().equals(API_VERSION)) {
            problem(
                    chunk,
                    key(entries, "apiVersion"),
                    "This program reads apiVersion " + API_VERSION + ", not " + version.get() + ".");
            return;
        }
        Optional<DocumentKind> kind = word(entries, "kind").flatMap(DocumentKind::of);
        if (kind.isEmpty()) {
            String given = word(entries, "kind").orElse("");
            problem(
                    chunk,
                    entries.containsKey("kind") ? key(entries, "kind") : root,
                    (given.isEmpty() ? "The document has no kind." : "There is no kind " + given + ".")
                            + Names.nearest(given, DocumentKind.names())
                                    .map(name -> " Did you mean " + name + "?")
                                    .orElse(" Kinds are " + String.join(", ", DocumentKind.names()) + "."));
            return;
        }
        Optional<ConfigurationDocument> read = switch (kind.get()) {
            case TransformMap -> map(chunk, root, entries);
            case Connection, IdentificationRules, Profile, Destination -> plain(kind.get(), chunk, root, entries);
        };
        read.ifPresent(this::add);
    }

    private void add(ConfigurationDocument document) {
        documents.stream()
                .filter(other -> other.kind() == document.kind()
                        && other.title().equals(document.title())
                        && other.body().path("version").equals(document.body().path("version")))
                .findFirst()
                .ifPresent(other -> problems.add(document.place(document.line()) + ": " + document.kind() + " \""
                        + document.title() + "\" stands already in " + other.place(other.line()) + "."));
        documents.add(document);
    }

    /** A map's document is its text with two lines more. */
    private Optional<ConfigurationDocument> map(Chunk chunk, MappingNode root, Map<String, NodeTuple> entries) {
        if (root.getFlowStyle() == FlowStyle.FLOW) {
            problem(chunk, root, "Write a transform map as lines, not in braces.");
            return Optional.empty();
        }
        Set<Integer> own = new HashSet<>();
        for (String name : List.of("apiVersion", "kind", "version")) {
            NodeTuple entry = entries.get(name);
            if (entry != null) {
                int from = entry.getKeyNode().getStartMark().orElseThrow().getLine();
                int to = entry.getValueNode().getEndMark().orElseThrow().getLine();
                for (int line = from; line <= to; line++) {
                    own.add(line);
                }
            }
        }
        List<String> text = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        for (int line = 0; line < chunk.lines().size(); line++) {
            boolean leading = text.isEmpty()
                    && (chunk.lines().get(line).isBlank()
                            || chunk.lines().get(line).stripTrailing().equals("---"));
            if (!own.contains(line) && !leading) {
                text.add(chunk.lines().get(line));
                lines.add(chunk.first() + 1 + line);
            }
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("yaml", MapYaml.bare(String.join("\n", text)));
        Map<String, Integer> places = new HashMap<>();
        entries.forEach((name, entry) -> places.put(name, chunk.line(entry.getKeyNode())));
        if (entries.containsKey("version")) {
            Optional<JsonNode> version = value(
                    chunk,
                    entries.get("version").getValueNode(),
                    "version",
                    new DocumentShape.Whole(),
                    places,
                    new ArrayList<>(),
                    0);
            if (version.isEmpty()) {
                return Optional.empty();
            }
            body.set("version", version.get());
        }
        String name = word(entries, "name").orElse("");
        if (name.isEmpty()) {
            problem(chunk, root, "The transform map has no name.");
            return Optional.empty();
        }
        return Optional.of(new ConfigurationDocument(
                DocumentKind.TransformMap,
                name,
                Optional.empty(),
                chunk.file(),
                chunk.line(root),
                body,
                places,
                lines,
                List.of()));
    }

    private Optional<ConfigurationDocument> plain(
            DocumentKind kind, Chunk chunk, MappingNode root, Map<String, NodeTuple> entries) {
        Map<String, Integer> places = new HashMap<>();
        List<AbsentCredential> absent = new ArrayList<>();
        Map<String, NodeTuple> own = new LinkedHashMap<>(entries);
        own.remove("apiVersion");
        own.remove("kind");
        int before = problems.size();
        ObjectNode body = fields(chunk, root, own, "", DocumentShape.of(kind), places, absent, 0);
        if (problems.size() > before) {
            return Optional.empty();
        }
        if (kind == DocumentKind.Destination) {
            // "kind" says what the document is
            body.set("kind", body.remove("destinationKind"));
            places.put("kind", places.getOrDefault("destinationKind", chunk.line(root)));
        }
        Optional<String> owner = kind == DocumentKind.Profile
                ? Optional.of(body.remove("connection").asString())
                : Optional.empty();
        return Optional.of(new ConfigurationDocument(
                kind,
                kind == DocumentKind.IdentificationRules
                        ? "all"
                        : body.path("name").asString(),
                owner,
                chunk.file(),
                chunk.line(root),
                body,
                places,
                List.of(),
                absent));
    }

    private ObjectNode fields(
            Chunk chunk,
            Node at,
            Map<String, NodeTuple> entries,
            String prefix,
            DocumentShape.Fields shape,
            Map<String, Integer> places,
            List<AbsentCredential> absent,
            int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        entries.forEach((name, entry) -> {
            String path = prefix + name;
            places.put(path, chunk.line(entry.getKeyNode()));
            DocumentShape.Member member = shape.members().get(name);
            if (member == null) {
                problem(
                        chunk,
                        entry.getKeyNode(),
                        "Unknown field " + path + "."
                                + Names.nearest(name, shape.members().keySet())
                                        .map(near -> " Did you mean " + near + "?")
                                        .orElse(" Known are "
                                                + String.join(
                                                        ", ", shape.members().keySet()) + "."));
            } else if (!empty(entry.getValueNode()) || member.required()) {
                value(chunk, entry.getValueNode(), path, member.shape(), places, absent, depth + 1)
                        .ifPresent(value -> object.set(name, value));
            }
        });
        shape.members().forEach((name, member) -> {
            if (member.required() && !entries.containsKey(name)) {
                problem(chunk, at, "The field " + prefix + name + " is missing.");
            }
        });
        return object;
    }

    private Optional<JsonNode> value(
            Chunk chunk,
            Node node,
            String path,
            DocumentShape shape,
            Map<String, Integer> places,
            List<AbsentCredential> absent,
            int depth) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (depth > DEEPEST || node.getAnchor().isPresent()) {
            return wrong(
                    chunk, node, path + " cannot have an anchor (&name) or be an alias (*name). Write the value out.");
        }
        return switch (shape) {
            case DocumentShape.Text() -> {
                if (node instanceof ScalarNode scalar && !empty(node)) {
                    yield Optional.of(json.stringNode(scalar.getValue()));
                }
                yield wrong(chunk, node, path + " is a text.");
            }
            case DocumentShape.Whole() -> {
                try {
                    yield Optional.of(json.numberNode(Integer.parseInt(scalar(node))));
                } catch (NumberFormatException noNumber) {
                    yield wrong(chunk, node, path + " is a whole number.");
                }
            }
            case DocumentShape.Decimal() -> {
                try {
                    yield Optional.of(json.numberNode(Double.parseDouble(scalar(node))));
                } catch (NumberFormatException noNumber) {
                    yield wrong(chunk, node, path + " is a number.");
                }
            }
            case DocumentShape.Flag() ->
                node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)
                        ? Optional.of(json.booleanNode(Boolean.parseBoolean(scalar.getValue())))
                        : wrong(chunk, node, path + " is true or false.");
            case DocumentShape.Choice(List<String> words) -> {
                String word = scalar(node);
                yield words.contains(word)
                        ? Optional.of(json.stringNode(word))
                        : wrong(
                                chunk,
                                node,
                                path + " is one of " + String.join(", ", words) + "."
                                        + Names.nearest(word, words)
                                                .map(near -> " Did you mean " + near + "?")
                                                .orElse(""));
            }
            case DocumentShape.Credential() -> credential(chunk, node, path, absent);
            case DocumentShape.Many(DocumentShape each) -> {
                if (!(node instanceof SequenceNode sequence)) {
                    yield wrong(chunk, node, path + " is a list.");
                }
                ArrayNode list = json.arrayNode();
                for (Node element : sequence.getValue()) {
                    value(chunk, element, path, each, places, absent, depth + 1).ifPresent(list::add);
                }
                yield Optional.of(list);
            }
            case DocumentShape.Open(DocumentShape each) -> {
                if (!(node instanceof MappingNode mapping)) {
                    yield wrong(chunk, node, path + " is a mapping, a line \"name: value\" for each.");
                }
                ObjectNode object = json.objectNode();
                entries(chunk, mapping).forEach((name, entry) -> {
                    places.put(path + "." + name, chunk.line(entry.getKeyNode()));
                    value(chunk, entry.getValueNode(), path + "." + name, each, places, absent, depth + 1)
                            .ifPresent(value -> object.set(name, value));
                });
                yield Optional.of(object);
            }
            case DocumentShape.Fields inner -> {
                if (!(node instanceof MappingNode mapping)) {
                    yield wrong(chunk, node, path + " is a mapping, a line \"name: value\" for each.");
                }
                yield Optional.of(
                        fields(chunk, node, entries(chunk, mapping), path + ".", inner, places, absent, depth));
            }
        };
    }

    /** Empty also if it stays as it is stored. */
    private Optional<JsonNode> credential(Chunk chunk, Node node, String path, List<AbsentCredential> absent) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            warnings.add(
                    chunk.file() + ":" + chunk.line(node) + ": " + path
                            + " is written out. Whoever reads this file has it; better write {fromEnv: NAME} or {fromFile: PATH}.");
            return Optional.of(JsonNodeFactory.instance.stringNode(scalar.getValue()));
        }
        if (node instanceof MappingNode mapping) {
            Map<String, NodeTuple> entries = entries(chunk, mapping);
            if (entries.size() == 1 && entries.containsKey("fromEnv")) {
                String variable = word(entries, "fromEnv").orElse("");
                Optional<String> value = environment.apply(variable).filter(text -> !text.isBlank());
                if (value.isEmpty()) {
                    absent.add(new AbsentCredential(path, variable, chunk.line(node)));
                }
                return value.map(text -> JsonNodeFactory.instance.stringNode(text.strip()));
            }
            if (entries.size() == 1 && entries.containsKey("fromFile")) {
                return fromFile(chunk, node, path, word(entries, "fromFile").orElse(""));
            }
        }
        return wrong(chunk, node, path + " is {fromEnv: NAME}, {fromFile: PATH} or the credential itself.");
    }

    private Optional<JsonNode> fromFile(Chunk chunk, Node node, String path, String name) {
        try {
            Path file = chunk.folder().resolve(name);
            String text = Files.size(file) > LONGEST_FILE
                    ? ""
                    : Files.readString(file).strip();
            return text.isEmpty()
                    ? wrong(chunk, node, path + ": the file " + file + " holds no credential.")
                    : Optional.of(JsonNodeFactory.instance.stringNode(text));
        } catch (IOException | java.nio.file.InvalidPathException unreadable) {
            return wrong(chunk, node, path + ": the file " + name + " cannot be read: " + unreadable + ".");
        }
    }

    private Map<String, NodeTuple> entries(Chunk chunk, MappingNode mapping) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        for (NodeTuple entry : mapping.getValue()) {
            String name = scalar(entry.getKeyNode());
            if (entries.putIfAbsent(name, entry) != null) {
                problem(chunk, entry.getKeyNode(), "\"" + name + "\" stands here a second time.");
            }
        }
        return entries;
    }

    private static Node key(Map<String, NodeTuple> entries, String name) {
        NodeTuple entry = entries.get(name);
        if (entry == null) {
            throw new IllegalStateException("There is no entry " + name);
        }
        return entry.getKeyNode();
    }

    private static Optional<String> word(Map<String, NodeTuple> entries, String name) {
        return Optional.ofNullable(entries.get(name))
                .map(NodeTuple::getValueNode)
                .map(ConfigurationReader::scalar)
                .filter(text -> !text.isEmpty());
    }

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static boolean empty(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    private Optional<JsonNode> wrong(Chunk chunk, Node node, String message) {
        problem(chunk, node, message);
        return Optional.empty();
    }

    private void problem(Chunk chunk, Node node, String message) {
        problems.add(chunk.file() + ":" + chunk.line(node) + ": " + message);
    }
}

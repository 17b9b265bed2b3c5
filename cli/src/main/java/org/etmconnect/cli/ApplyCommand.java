// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code etm apply}: makes a server have what configuration files say. */
@Command(
        name = "apply",
        description = {
            "Make the server have what configuration files say.",
            "A file holds documents, parted by lines \"---\", of the kinds TransformMap, Connection and Profile; their order makes"
                    + " no difference. All are checked first; if one cannot be used, nothing is changed. What no file names stays"
                    + " as it is. A second apply changes nothing."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ETM_HEAD_OFFICE_APIKEY=... ./etm apply -f head-office.yaml",
            "  ./etm apply -f configuration/ --dry-run",
            "  ./etm export | ETM_SERVER=http://127.0.0.1:9000 ./etm apply -f -",
            "",
            "A connection's credentials:",
            "  secrets:",
            "    apiKey: {fromEnv: ETM_HEAD_OFFICE_APIKEY}   # or {fromFile: key.txt}, read beside the YAML file",
            "If the variable is not set, the stored credential stays."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the server has what the files say; with --dry-run: it could have",
            "1:something cannot be used, or failed; the output says what was done",
            "2:the command line is wrong"
        })
final class ApplyCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    private final Function<String, Optional<String>> environment;
    private final InputStream input;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR|-",
            required = true,
            description =
                    "A file, a directory with its *.yaml and *.yml files, or - for standard input. Can be repeated.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--dry-run", description = "Only say what would change, field by field")
    private boolean dryRun;

    @Option(names = "--output", paramLabel = "FORM", defaultValue = "table", description = "table or json")
    private Output.Form form = Output.Form.table;

    /** The command as the program has it. */
    ApplyCommand() {
        this(name -> Optional.ofNullable(System.getenv(name)), System.in);
    }

    ApplyCommand(Function<String, Optional<String>> environment, InputStream input) {
        this.environment = environment;
        this.input = input;
    }

    /** What became of one document. */
    private record Done(ConfigurationPlan.Step step, String result, List<String> notices) {}

    @Override
    public Integer call() {
        ConfigurationReader reader = read();
        PrintWriter err = spec.commandLine().getErr();
        reader.warnings().forEach(warning -> err.println("Warning: " + warning));
        refuse(reader.problems());
        Api api = server.api();
        ConfigurationPlan plan = ConfigurationPlan.of(api, reader.documents());
        refuse(plan.problems());
        List<Done> done = new ArrayList<>();
        Optional<CliFailure> failure = Optional.empty();
        if (dryRun) {
            plan.steps()
                    .forEach(step -> done.add(new Done(
                            step,
                            step.same() ? "unchanged" : step.isNew() ? "would be created" : "would be updated",
                            step.notices())));
        } else {
            failure = apply(api, plan, done);
        }
        print(done, reader.warnings(), failure);
        if (failure.isPresent()) {
            throw failure.get();
        }
        return 0;
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new CliFailure(String.join("\n", problems) + "\nNothing was changed.");
        }
    }

    private ConfigurationReader read() {
        ConfigurationReader reader = new ConfigurationReader(environment);
        for (String name : files) {
            if (name.equals(STANDARD_INPUT)) {
                try {
                    reader.read(
                            "(standard input)", new String(input.readAllBytes(), StandardCharsets.UTF_8), Path.of(""));
                } catch (IOException failure) {
                    throw new CliFailure("Standard input cannot be read: " + failure, failure);
                }
            } else {
                for (Path file : yamlFiles(Path.of(name))) {
                    reader.read(file.toString(), text(file), folder(file));
                }
            }
        }
        if (reader.documents().isEmpty() && reader.problems().isEmpty()) {
            throw new CliFailure(String.join(", ", files) + ": there is no document to apply.");
        }
        return reader;
    }

    private static Path folder(Path file) {
        return Optional.ofNullable(file.getParent()).orElse(Path.of(""));
    }

    private static List<Path> yamlFiles(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> all = Files.walk(path)) {
            List<Path> found = all.filter(Files::isRegularFile)
                    .filter(file ->
                            file.toString().endsWith(".yaml") || file.toString().endsWith(".yml"))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new CliFailure("In the directory " + path + " is no *.yaml or *.yml file.");
            }
            return found;
        } catch (IOException failure) {
            throw new CliFailure("The directory " + path + " cannot be read: " + failure, failure);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (java.nio.file.NoSuchFileException missing) {
            throw new CliFailure("There is no file " + file + ".", missing);
        } catch (CharacterCodingException binary) {
            throw new CliFailure("The file " + file + " is not UTF-8 text.", binary);
        } catch (IOException failure) {
            throw new CliFailure("The file " + file + " cannot be read: " + failure, failure);
        }
    }

    /** Does the steps up to the first that fails. */
    private static Optional<CliFailure> apply(Api api, ConfigurationPlan plan, List<Done> done) {
        Applying applying = new Applying(api);
        for (ConfigurationPlan.Step step : plan.steps()) {
            ConfigurationDocument document = step.document();
            try {
                done.add(applying.apply(step));
            } catch (CliFailure failed) {
                int left = plan.steps().size() - done.size() - 1;
                return Optional.of(new CliFailure(
                        document.place(document.line()) + ": " + document.kind() + " \"" + document.title()
                                + "\" could not be stored: " + failed.getMessage() + "\nWhat stands before it was done"
                                + (left == 0 ? "." : "; the " + left + " after it were not.")
                                + " Correct it and apply again.",
                        failed));
            }
        }
        return Optional.empty();
    }

    /** Stores things and remembers the numbers that the server gave them. */
    private static final class Applying {

        private final Api api;
        private final Map<String, Integer> newestVersions = new HashMap<>();
        private final Map<String, Integer> connections = new HashMap<>();

        Applying(Api api) {
            this.api = api;
        }

        Done apply(ConfigurationPlan.Step step) {
            return switch (step.document().kind()) {
                case TransformMap -> map(step);
                case Connection -> connection(step);
                case IdentificationRules -> identificationRules(step);
                case Profile -> profile(step);
                case Destination -> destination(step, api);
            };
        }

        private Done map(ConfigurationPlan.Step step) {
            String name = step.document().name();
            int newest = newestVersions.getOrDefault(
                    name, step.compared().path("version").asInt(0));
            if (step.same()) {
                newestVersions.put(name, newest);
                return done(step, "unchanged", JsonNodeFactory.instance.missingNode());
            }
            ObjectNode body = step.document().body().deepCopy();
            body.put(
                    "comment", "Applied from " + Path.of(step.document().file()).getFileName());
            JsonNode saved;
            if (newest == 0) {
                saved = api.post("/api/v1/maps", Optional.of(body));
            } else {
                body.put("baseVersion", newest);
                saved = api.put("/api/v1/maps/" + encoded(name), body);
            }
            int version = saved.path("version").asInt();
            newestVersions.put(name, version);
            int wanted = step.document().body().path("version").asInt(version);
            if (wanted != version) {
                throw new CliFailure("It was saved as version " + version + ", since higher numbers than " + wanted
                        + " are taken on this server. Write version: " + version
                        + ", also in the profiles that use it.");
            }
            return done(step, (newest == 0 ? "created" : "updated") + ", version " + version, saved);
        }

        private Done connection(ConfigurationPlan.Step step) {
            ConfigurationDocument document = step.document();
            JsonNode saved = step.compared();
            if (step.isNew()) {
                // The files say which profiles there are.
                ObjectNode body = document.body().deepCopy();
                saved = api.post("/api/v1/connections", Optional.of(body.put("defaultProfile", false)));
            } else if (!step.same()) {
                saved = api.put("/api/v1/connections/" + saved.path("id").asInt(), document.body());
            }
            connections.put(document.name(), saved.path("id").asInt());
            return done(step, result(step), saved);
        }

        private Done identificationRules(ConfigurationPlan.Step step) {
            if (!step.same()) {
                JsonNode body = step.document().body();
                api.putIfUnchanged(
                        "/api/v1/identification-rules",
                        JsonNodeFactory.instance.objectNode().set("rules", body.path("rules")),
                        step.compared().path("version").asString());
                for (JsonNode connection : body.path("connections")) {
                    ObjectNode own = JsonNodeFactory.instance
                            .objectNode()
                            .put(
                                    "createUnmanagedAsset",
                                    connection.path("createUnmanagedAsset").asBoolean(true));
                    own.putArray("switches")
                            .addAll(connection.path("switches").valueStream().toList());
                    api.put(
                            "/api/v1/connections/"
                                    + connectionId(connection.path("connection").asString()) + "/identification",
                            own);
                }
            }
            return done(step, result(step), JsonNodeFactory.instance.missingNode());
        }

        private Done profile(ConfigurationPlan.Step step) {
            ConfigurationDocument document = step.document();
            JsonNode saved = JsonNodeFactory.instance.missingNode();
            if (step.isNew()) {
                saved = api.post(
                        "/api/v1/connections/" + connectionId(document.owner().orElseThrow()) + "/profiles",
                        Optional.of(document.body()));
            } else if (!step.same()) {
                saved = api.put("/api/v1/profiles/" + step.compared().path("id").asInt(), document.body());
            }
            return done(step, result(step), saved);
        }

        private static Done destination(ConfigurationPlan.Step step, Api api) {
            JsonNode saved = JsonNodeFactory.instance.missingNode();
            if (step.isNew()) {
                saved = api.post(
                        "/api/v1/destinations", Optional.of(step.document().body()));
            } else if (!step.same()) {
                saved = api.put(
                        "/api/v1/destinations/" + step.compared().path("id").asInt(),
                        step.document().body());
            }
            return done(step, result(step), saved);
        }

        private int connectionId(String name) {
            if (!connections.containsKey(name)) {
                api.get("/api/v1/connections")
                        .path("items")
                        .forEach(item -> connections.putIfAbsent(
                                item.path("name").asString(), item.path("id").asInt()));
            }
            return Optional.ofNullable(connections.get(name))
                    .orElseThrow(() -> new CliFailure("There is no connection \"" + name + "\" any more."));
        }

        private static String result(ConfigurationPlan.Step step) {
            return step.same() ? "unchanged" : step.isNew() ? "created" : "updated";
        }

        /** The notices of the comparison, and those of storing it that are new. */
        private static Done done(ConfigurationPlan.Step step, String result, JsonNode saved) {
            List<String> notices = new ArrayList<>(step.notices());
            saved.path("notices").forEach(notice -> {
                if (!notices.contains(notice.asString())) {
                    notices.add(notice.asString());
                }
            });
            return new Done(step, result, notices);
        }

        private static String encoded(String name) {
            return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }

    private void print(List<Done> done, List<String> warnings, Optional<CliFailure> failure) {
        PrintWriter out = spec.commandLine().getOut();
        switch (form) {
            case json -> new Output(out, Terminal.current().width()).json(json(done, warnings, failure));
            case table, csv -> table(done, out);
        }
        out.flush();
    }

    private void table(List<Done> done, PrintWriter out) {
        int width = done.stream()
                .mapToInt(each -> each.step().document().title().length())
                .max()
                .orElse(0);
        int kinds = done.stream()
                .mapToInt(each -> each.step().document().kind().name().length())
                .max()
                .orElse(0);
        for (Done each : done) {
            String title = Output.printable(each.step().document().title());
            out.println(padded(each.step().document().kind().name(), kinds) + "  " + padded(title, width) + "  "
                    + each.result());
            each.step().compared().path("changes").forEach(change -> out.println("    " + words(change)));
            each.notices().forEach(notice -> out.println("    Note: " + Output.printable(notice)));
        }
        long unchanged = done.stream().filter(each -> each.step().same()).count();
        long created = done.stream().filter(each -> each.step().isNew()).count();
        long updated = done.size() - unchanged - created;
        out.println((dryRun ? "Dry run, nothing was changed: " : "")
                + created + (dryRun ? " to create, " : " created, ")
                + updated + (dryRun ? " to update, " : " updated, ")
                + unchanged + " unchanged.");
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String words(JsonNode change) {
        String field = change.path("field").asString();
        return Output.printable(
                change.path("secret").asBoolean()
                        ? field + ": another credential (not shown)"
                        : field + ": " + change.path("before").asString("(none)") + " -> "
                                + change.path("after").asString("(none)"));
    }

    private JsonNode json(List<Done> done, List<String> warnings, Optional<CliFailure> failure) {
        ObjectNode document = JsonNodeFactory.instance.objectNode().put("dryRun", dryRun);
        ArrayNode items = document.putArray("items");
        for (Done each : done) {
            ConfigurationDocument what = each.step().document();
            ObjectNode item = items.addObject().put("kind", what.kind().name()).put("name", what.name());
            what.owner().ifPresent(connection -> item.put("connection", connection));
            item.put("file", what.file()).put("line", what.line());
            item.put("result", each.step().same() ? "unchanged" : each.step().isNew() ? "created" : "updated");
            item.set("changes", each.step().compared().path("changes"));
            each.notices().forEach(item.putArray("notices")::add);
        }
        warnings.forEach(document.putArray("warnings")::add);
        failure.ifPresent(failed -> document.put("failure", failed.getMessage()));
        return document;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import org.etmconnect.transform.Compilation;
import org.etmconnect.transform.ConversionProblem;
import org.etmconnect.transform.EtmHostAsset;
import org.etmconnect.transform.Explanation;
import org.etmconnect.transform.MapProblem;
import org.etmconnect.transform.MapReading;
import org.etmconnect.transform.MapYaml;
import org.etmconnect.transform.MappedDocument;
import org.etmconnect.transform.MappedItem;
import org.etmconnect.transform.TransformMap;
import org.etmconnect.transform.TransformPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code etm maps preview}: what a map makes of one source record. Needs no server for a record and map in files. */
@Command(
        name = "preview",
        description = {
            "Print the ETM document that a transform map makes of one source record.",
            "With --record and --map (or neither map) it needs no server. The record is a host as its vendor sends it, with"
                    + " its cves[]; fields that the connector builds itself, such as allIPs, may be left out.",
            "With --connection the server takes a record of the connection's last snapshot."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm maps preview --record host.json --map my-map.yaml --explain",
            "  ./etm maps preview --connection 1 --host web-01 --map-name Servers --explain --output table"
        })
final class MapsPreviewCommand implements Callable<Integer> {

    private static final long LONGEST_FILE = 64L << 20;

    /** How the result is printed. */
    enum Output {
        json,
        table
    }

    /** Something the person at the keyboard has to put right. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    private final Supplier<List<Connector>> connectors;

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(names = "--record", paramLabel = "FILE.json", description = "One source record as a JSON object.")
    @Nullable
    Path record;

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(
            names = "--connection",
            paramLabel = "ID",
            description = "Take a record of this connection's last snapshot: its first, unless told otherwise.")
    @Nullable
    Integer connection;

    @Option(names = "--number", paramLabel = "N", description = "The snapshot's Nth record.")
    @Nullable
    Long number;

    @Option(names = "--host", paramLabel = "NAME", description = "The record of the host of this name.")
    @Nullable
    String host;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "The record with the vendor's own key, e.g. endpoint id.")
    @Nullable
    String key;

    @Option(names = "--map-name", paramLabel = "NAME", description = "A map of the server.")
    @Nullable
    String mapName;

    @Option(names = "--map-version", paramLabel = "N", description = "Which version of it; else the newest.")
    @Nullable
    Integer version;

    @Option(
            names = "--map",
            paramLabel = "FILE.yaml",
            description = "The transform map; without it, the connector's default map.")
    @Nullable
    Path map;

    @Option(names = "--explain", description = "Say which row made each value, and why others are not there.")
    boolean explain;

    @Option(names = "--output", paramLabel = "json|table", description = "How to print it (default: ${DEFAULT-VALUE}).")
    Output output = Output.json;

    MapsPreviewCommand() {
        this(() -> ServiceLoader.load(Connector.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList());
    }

    MapsPreviewCommand(Supplier<List<Connector>> connectors) {
        this.connectors = connectors;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec().commandLine().getOut();
        PrintWriter err = spec().commandLine().getErr();
        try {
            preview(out, err);
            return ExitCode.OK;
        } catch (Refusal e) {
            err.println(e.getMessage());
            return ExitCode.SOFTWARE;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("This command is run by picocli, which says what it is called by");
        }
        return spec;
    }

    private void preview(PrintWriter out, PrintWriter err) throws Refusal {
        if (record == null && connection == null) {
            throw new ParameterException(
                    spec().commandLine(),
                    "Missing: --record=FILE.json, or --connection=ID for a record of its last snapshot");
        }
        if (connection != null || mapName != null) {
            previewByServer(out, err);
            return;
        }
        ObjectNode source = record();
        List<Connector> known = connectors.get();
        TransformMap transformMap = transformMap(known);
        Connector connector = known.stream()
                .filter(candidate -> candidate.sourceModel().name().equals(transformMap.source()))
                .findFirst()
                .orElseThrow(() -> new Refusal("The map \"" + transformMap.name() + "\" reads the source data model \""
                        + transformMap.source() + "\", which no connector here has; known: "
                        + known.stream()
                                .map(candidate -> "\"" + candidate.sourceModel().name() + "\"")
                                .toList()));
        TransformPlan plan = plan(transformMap, connector.sourceModel(), err);
        HostAddresses.complete(source);
        Explanation explanation = plan.explain(source);
        switch (explanation.result()) {
            case MappedDocument.Rejected(List<ConversionProblem> problems) -> {
                if (explain) {
                    print(explanation, Optional.empty(), out);
                }
                StringBuilder message = new StringBuilder("The record makes no document; it would go to quarantine:");
                problems.forEach(problem -> message.append("\n  ").append(problem.text()));
                throw new Refusal(message.toString());
            }
            case MappedDocument.Mapped(String key, ObjectNode document, List<MappedItem.Rejected> dropped) -> {
                print(explanation, Optional.of(document), out);
                for (MappedItem.Rejected finding : dropped) {
                    finding.problems().forEach(problem -> err.println("finding dropped: " + problem.text()));
                }
            }
        }
    }

    private void previewByServer(PrintWriter out, PrintWriter err) throws Refusal {
        Api api = server.api();
        ObjectNode request = JsonMapper.shared().createObjectNode();
        if (map != null) {
            request.put("yaml", text(map, "map"));
        } else {
            request.put("map", mapName == null ? defaultMap(api) : mapName);
        }
        Optional.ofNullable(version).ifPresent(value -> request.put("version", value));
        if (connection == null) {
            request.set("record", record());
        } else {
            request.put("connectionId", connection);
            Optional.ofNullable(number).ifPresent(value -> request.put("number", value));
            Optional.ofNullable(host).ifPresent(value -> request.put("hostName", value));
            Optional.ofNullable(key).ifPresent(value -> request.put("key", value));
        }
        JsonNode preview = api.post("/api/v1/maps/preview", Optional.of(request));
        switch (output) {
            case json -> out.println((explain ? preview : preview.path("document")).toPrettyString());
            case table -> ExplanationText.table(preview, explain).forEach(out::println);
        }
        preview.path("droppedFindings")
                .forEach(finding -> finding.path("problems")
                        .forEach(problem -> err.println("finding dropped: " + ExplanationText.problem(problem))));
        if (preview.path("rejected").asBoolean()) {
            StringBuilder message = new StringBuilder("The record makes no document; it would go to quarantine:");
            preview.path("problems")
                    .forEach(problem -> message.append("\n  ").append(ExplanationText.problem(problem)));
            throw new Refusal(message.toString());
        }
    }

    private static String defaultMap(Api api) {
        return api.get("/api/v1/maps").at("/items/0/name").asString();
    }

    private void print(Explanation explanation, Optional<ObjectNode> document, PrintWriter out) {
        switch (output) {
            case json ->
                out.println((explain ? ExplanationText.json(explanation, document) : document.orElseThrow())
                        .toPrettyString());
            case table ->
                ExplanationText.table(ExplanationText.json(explanation, document), explain)
                        .forEach(out::println);
        }
    }

    private TransformPlan plan(TransformMap transformMap, DataModel source, PrintWriter err) throws Refusal {
        Compilation compilation =
                TransformPlan.compile(transformMap, source, EtmHostAsset.model(), sharedArray(source));
        return switch (compilation) {
            case Compilation.Compiled(TransformPlan plan, List<MapProblem> warnings) -> {
                warnings.forEach(warning -> err.println("warning: " + warning.text()));
                yield plan;
            }
            case Compilation.Refused(List<MapProblem> problems) ->
                throw new Refusal("The map \"" + transformMap.name() + "\" cannot be used:" + lines(problems));
        };
    }

    /** The records of a run name it; without a run it is the array whose elements the model calls by an identifier. */
    private static String sharedArray(DataModel source) {
        return source.fields().stream()
                .filter(field -> field.list() && field.type() == FieldType.OBJECT)
                .filter(field -> field.fields().stream().anyMatch(Field::identifier))
                .map(Field::name)
                .findFirst()
                .orElse("");
    }

    private TransformMap transformMap(List<Connector> known) throws Refusal {
        String name = map == null ? "the default map" : map.toString();
        String text = map == null
                ? known.stream()
                        .flatMap(connector -> connector.defaultTransformMaps().stream())
                        .findFirst()
                        .orElseThrow(() -> new Refusal("No connector is installed that has a default map; give --map"))
                : text(map, "map");
        return switch (MapYaml.read(text)) {
            case MapReading.Read(TransformMap read) -> read;
            case MapReading.Unreadable(List<MapProblem> problems) ->
                throw new Refusal("Cannot use " + name + " as a transform map:" + lines(problems));
        };
    }

    private static String lines(List<MapProblem> problems) {
        StringBuilder text = new StringBuilder();
        problems.forEach(problem -> text.append("\n  ").append(problem.text()));
        return text.toString();
    }

    private ObjectNode record() throws Refusal {
        Path file = record == null ? Path.of("") : record;
        String text = text(file, "record");
        try {
            JsonNode node = JsonMapper.shared().readTree(text);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new Refusal("The record " + file + " must hold one JSON object, {\"endpoint_id\": …}, not "
                    + (node.isArray() ? "a list; take one element of it." : "something else."));
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw new Refusal("The record " + file + " is not JSON"
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")") + ": "
                    + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""));
        }
    }

    private static String text(Path file, String what) throws Refusal {
        try {
            if (Files.isDirectory(file)) {
                throw new Refusal("The " + what + " " + file + " is a directory; name a file.");
            }
            if (Files.size(file) > LONGEST_FILE) {
                throw new Refusal("The " + what + " " + file + " is longer than 64 MiB; a preview takes one record.");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new Refusal("The " + what + " " + file + " does not exist; check the path.");
        } catch (MalformedInputException e) {
            throw new Refusal("The " + what + " " + file + " is not UTF-8 text.");
        } catch (IOException e) {
            throw new Refusal("The " + what + " " + file + " cannot be read: " + e.getMessage());
        }
    }
}

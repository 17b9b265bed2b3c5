// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code etm export}: what a server has, as configuration files. */
@Command(
        name = "export",
        description = {
            "Write the server's transform maps, connections, identification rules, profiles and destinations as YAML that"
                    + " \"apply\" takes.",
            "Credentials are never written: each stands as the environment variable it is to come from. Maps that connectors ship"
                    + " are left out; every server has them."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./etm export > configuration.yaml",
            "  ./etm export -o configuration/",
            "  ./etm export --kind Connection --name 'Head office'"
        })
final class ExportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description =
                    "Only TransformMap, Connection, IdentificationRules, Profile or Destination. Can be repeated. Default: all")
    private @Nullable Set<DocumentKind> kinds;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Only what has this name. Can be repeated. Default: all")
    private @Nullable Set<String> names;

    @Option(
            names = {"-o", "--directory"},
            paramLabel = "DIR",
            description =
                    "Write a file for each into this directory; files of the same names are replaced. Default: all to"
                            + " standard output")
    private @Nullable Path directory;

    /** What is to be written of one thing. */
    private record Exported(DocumentKind kind, String name, String fileWords, String text) {}

    @Override
    public Integer call() {
        List<Exported> exported = exported(server.api());
        if (exported.isEmpty() && (kinds != null || names != null)) {
            throw new CliFailure("The server has nothing of this kind and name. ./etm export alone writes all.");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (directory == null) {
            out.print(String.join("---\n", exported.stream().map(Exported::text).toList()));
        } else {
            write(directory, exported, out);
        }
        out.flush();
        return 0;
    }

    private List<Exported> exported(Api api) {
        List<Exported> exported = new ArrayList<>();
        List<JsonNode> profiles = items(api, "/api/v1/profiles");
        List<JsonNode> connections = items(api, "/api/v1/connections");
        if (wanted(DocumentKind.TransformMap)) {
            exported.addAll(maps(api, profiles));
        }
        Map<Integer, String> connectionNames = new HashMap<>();
        connections.forEach(connection -> connectionNames.put(
                connection.path("id").asInt(), connection.path("name").asString()));
        if (wanted(DocumentKind.Connection)) {
            exported.addAll(connections(api, connections));
        }
        if (wanted(DocumentKind.IdentificationRules) && names == null) {
            Map<String, JsonNode> identification = new TreeMap<>(ConfigurationWriter.order());
            connectionNames.forEach(
                    (id, name) -> identification.put(name, api.get("/api/v1/connections/" + id + "/identification")));
            exported.add(new Exported(
                    DocumentKind.IdentificationRules,
                    "",
                    "rules",
                    ConfigurationWriter.identificationRules(
                            api.get("/api/v1/identification-rules").path("items"), identification)));
        }
        if (wanted(DocumentKind.Profile)) {
            profiles.stream()
                    .filter(this::named)
                    .map(profile -> {
                        String name = profile.path("name").asString();
                        String connection = connectionNames.getOrDefault(
                                profile.path("connectionId").asInt(), "");
                        return new Exported(
                                DocumentKind.Profile,
                                connection + "\u0000" + name,
                                connection + " " + name,
                                ConfigurationWriter.profile(profile, connection));
                    })
                    .sorted(Comparator.comparing(Exported::name, ConfigurationWriter.order()))
                    .forEach(exported::add);
        }
        if (wanted(DocumentKind.Destination)) {
            exported.addAll(destinations(api));
        }
        return exported;
    }

    private List<Exported> destinations(Api api) {
        List<JsonNode> destinations = items(api, "/api/v1/destinations");
        Map<String, String> variables = ConfigurationWriter.variables(
                destinations.stream()
                        .map(destination -> destination.path("name").asString())
                        .toList(),
                "ETM_",
                "DESTINATION");
        Map<String, JsonNode> kinds = new HashMap<>();
        items(api, "/api/v1/destination-kinds")
                .forEach(kind -> kinds.put(kind.path("id").asString(), kind));
        return destinations.stream()
                .filter(this::named)
                .map(destination -> {
                    String name = destination.path("name").asString();
                    return new Exported(
                            DocumentKind.Destination,
                            name,
                            name,
                            ConfigurationWriter.destination(
                                    destination,
                                    Optional.ofNullable(kinds.get(
                                                    destination.path("kind").asString()))
                                            .orElseThrow(
                                                    () -> new CliFailure("The server knows no destinations of the kind "
                                                            + destination
                                                                    .path("kind")
                                                                    .asString() + ", as \"" + name + "\" is.")),
                                    variables.getOrDefault(name, "")));
                })
                .sorted(Comparator.comparing(Exported::name, ConfigurationWriter.order()))
                .toList();
    }

    private List<Exported> maps(Api api, List<JsonNode> profiles) {
        Map<String, Set<Integer>> pinned = new TreeMap<>();
        profiles.stream()
                .filter(profile -> profile.has("transformMapVersion"))
                .forEach(profile -> pinned.computeIfAbsent(
                                profile.path("transformMap").asString(), name -> new TreeSet<>())
                        .add(profile.path("transformMapVersion").asInt()));
        return items(api, "/api/v1/maps").stream()
                .filter(map -> !map.path("readOnly").asBoolean())
                .filter(this::named)
                .map(map -> {
                    String name = map.path("name").asString();
                    return new Exported(
                            DocumentKind.TransformMap,
                            name,
                            name,
                            map(api, name, map.path("version").asInt(), Optional.ofNullable(pinned.get(name))));
                })
                .sorted(Comparator.comparing(Exported::name, ConfigurationWriter.order()))
                .toList();
    }

    /** The newest version; with its number, and with others, only if profiles are pinned to numbers. */
    private static String map(Api api, String name, int newest, Optional<Set<Integer>> pinned) {
        String path = "/api/v1/maps/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        if (pinned.isEmpty()) {
            return ConfigurationWriter.map(name, api.get(path).path("yaml").asString(), Optional.empty());
        }
        Set<Integer> versions = new TreeSet<>(pinned.get());
        versions.add(newest);
        return String.join(
                "---\n",
                versions.stream()
                        .map(version -> ConfigurationWriter.map(
                                name,
                                api.get(path + "/versions/" + version)
                                        .path("yaml")
                                        .asString(),
                                Optional.of(version)))
                        .toList());
    }

    private List<Exported> connections(Api api, List<JsonNode> connections) {
        Map<String, String> variables = ConfigurationWriter.variables(connections.stream()
                .map(connection -> connection.path("name").asString())
                .toList());
        Map<String, JsonNode> connectors = new HashMap<>();
        items(api, "/api/v1/connectors")
                .forEach(connector -> connectors.put(connector.path("id").asString(), connector));
        return connections.stream()
                .filter(this::named)
                .map(connection -> {
                    String name = connection.path("name").asString();
                    String connector = connection.path("connector").asString();
                    return new Exported(
                            DocumentKind.Connection,
                            name,
                            name,
                            ConfigurationWriter.connection(
                                    connection,
                                    Optional.ofNullable(connectors.get(connector))
                                            .orElseThrow(() -> new CliFailure("The connector " + connector
                                                    + " of the connection \"" + name + "\" is not installed there.")),
                                    variables.getOrDefault(name, "")));
                })
                .sorted(Comparator.comparing(Exported::name, ConfigurationWriter.order()))
                .toList();
    }

    private static List<JsonNode> items(Api api, String path) {
        return api.get(path).path("items").valueStream().toList();
    }

    private boolean wanted(DocumentKind kind) {
        return kinds == null || kinds.contains(kind);
    }

    private boolean named(JsonNode thing) {
        return names == null || names.contains(thing.path("name").asString());
    }

    private static void write(Path directory, List<Exported> exported, PrintWriter out) {
        Set<String> taken = new HashSet<>();
        try {
            Files.createDirectories(directory);
            for (Exported each : exported) {
                String words = each.fileWords()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}]+", "-")
                        .replaceAll("^-+|-+$", "");
                String base = each.kind().filePrefix() + "-" + (words.length() > 100 ? words.substring(0, 100) : words);
                String name = base;
                for (int number = 2; !taken.add(name); number++) {
                    name = base + "-" + number;
                }
                Path file = directory.resolve(name + ".yaml");
                Files.writeString(file, each.text());
                out.println(file);
            }
        } catch (IOException failure) {
            throw new CliFailure("The directory " + directory + " cannot be written: " + failure, failure);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Values of options that are not on the command line: from the environment, then from {@code etm.yaml}. */
final class Settings implements IDefaultValueProvider {

    private final Map<String, String> environment;
    private final Map<String, String> file;

    private Settings(Map<String, String> environment, Map<String, String> file) {
        this.environment = environment;
        this.file = file;
    }

    static Settings none() {
        return new Settings(Map.of(), Map.of());
    }

    static Settings read(Path data, Map<String, String> environment) {
        Path path = data.resolve("etm.yaml");
        Map<String, String> values = new HashMap<>();
        if (Files.isRegularFile(path)) {
            try {
                Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(path));
                if (yaml instanceof Map<?, ?> entries) {
                    entries.forEach((key, value) -> values.put(String.valueOf(key), String.valueOf(value)));
                } else if (yaml != null) {
                    throw new StartFailure(
                            path + " must be lines like \"port: 8420\". Correct it, or remove it.",
                            new IllegalArgumentException());
                }
            } catch (IOException | YAMLException failure) {
                throw new StartFailure(
                        path + " cannot be read: " + failure.getMessage() + ". Correct it, or remove it.", failure);
            }
        }
        return new Settings(environment, values);
    }

    /** The value of the option {@code name}, written without its hyphens in front. */
    Optional<String> find(String name) {
        String variable = "ETM_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
        return Optional.ofNullable(environment.get(variable)).or(() -> Optional.ofNullable(file.get(name)));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
            return find(option.longestName().substring(2)).orElse(null);
        }
        return null;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a command talks to, and with what token. */
final class ServerOption {

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The server. Default: ETM_SERVER, else http://127.0.0.1:8420")
    private @Nullable URI server;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with the API token. Default: the text of ETM_TOKEN, else the file ./data/api-token")
    private @Nullable Path tokenFile;

    Api api() {
        URI address = server != null
                ? server
                : URI.create(Optional.ofNullable(System.getenv("ETM_SERVER")).orElse("http://127.0.0.1:8420"));
        if (address.getHost() == null
                || address.getScheme() == null
                || !address.getScheme().startsWith("http")) {
            throw new CliFailure("\"" + address + "\" is no address of a server. Write it like http://127.0.0.1:8420.");
        }
        return new Api(address, token());
    }

    private Optional<String> token() {
        if (tokenFile != null) {
            return Optional.of(read(tokenFile));
        }
        Optional<String> variable = Optional.ofNullable(System.getenv("ETM_TOKEN"));
        if (variable.isPresent()) {
            return variable.map(String::strip);
        }
        Path usual = Path.of("data", "api-token");
        return Files.isReadable(usual) ? Optional.of(read(usual)) : Optional.empty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException failure) {
            throw new CliFailure(
                    "The token file " + file + " cannot be read: " + failure
                            + ".\nName the file api-token in the server's data directory.",
                    failure);
        }
    }
}

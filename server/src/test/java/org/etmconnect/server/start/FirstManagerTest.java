// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.Targets;
import org.etmconnect.sync.SyncOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstManagerTest {

    @TempDir
    Path directory;

    @Test
    void theFirstManagerIsCalledAsTheServerIsTold() throws Exception {
        try (RunningServer server =
                        RunningServer.start(options(new ServerOptions.Accounts("night.owl", Optional.empty())));
                HttpClient client = HttpClient.newHttpClient()) {
            String password = server.firstPassword().orElseThrow();

            assertThat(signIn(client, server, "admin", password).statusCode()).isEqualTo(401);
            HttpResponse<String> owl = signIn(client, server, "night.owl", password);
            assertThat(owl.statusCode()).isEqualTo(200);
            assertThat(owl.body()).contains("MANAGER");
        }
    }

    @Test
    void aListOfLeakedPasswordsThatIsNoneIsSaidAtTheStart() throws Exception {
        Path list = Files.writeString(directory.resolve("leaked.txt"), "password\n");

        assertThatThrownBy(() -> RunningServer.start(options(new ServerOptions.Accounts("admin", Optional.of(list)))))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("--leaked-passwords")
                .hasMessageContaining("SHA-1");
    }

    private ServerOptions options(ServerOptions.Accounts accounts) {
        return new ServerOptions(
                InetAddress.getLoopbackAddress(),
                0,
                directory.resolve("data"),
                Optional.empty(),
                true,
                Targets.internetAnd(List.of()),
                false,
                new ServerOptions.Keys.Own(),
                ServerOptions.TAKE_OVER_AFTER,
                SyncOptions.STUCK_AFTER,
                0,
                ServerOptions.Retention.defaults(),
                accounts);
    }

    private static HttpResponse<String> signIn(HttpClient client, RunningServer server, String name, String password)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve("/api/v1/session"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"name\": \"%s\", \"password\": \"%s\"}".formatted(name, password)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.server.start.RunningServer;

/** A server for a test that makes its own connections, which would show in the counts of others. */
final class OwnServer implements AutoCloseable {

    private final RunningServer server;

    private OwnServer(RunningServer server) {
        this.server = server;
    }

    /** @param name of its data directory; anything in it is deleted first */
    static OwnServer start(String name) {
        return new OwnServer(TestServer.start(Path.of("target", name)));
    }

    Path data() {
        return server.tokenFile().getParent();
    }

    URI address() {
        return server.address();
    }

    String token() {
        return TestServer.token(server);
    }

    HttpResponse<String> send(String method, String path, Optional<String> body, Map<String, String> headers) {
        return TestServer.send(server, method, path, Optional.of(token()), body, headers);
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, Optional.empty(), Map.of());
    }

    HttpResponse<String> post(String path, String body) {
        return send("POST", path, Optional.of(body), Map.of());
    }

    @Override
    public void close() {
        server.close();
    }
}

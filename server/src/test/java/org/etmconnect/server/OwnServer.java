// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.inventory.embedded.BuiltInDatabase;
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

    HttpResponse<String> get(String path, String as) {
        return TestServer.send(server, "GET", path, Optional.of(as), Optional.empty(), Map.of());
    }

    HttpResponse<String> post(String path, String body) {
        return send("POST", path, Optional.of(body), Map.of());
    }

    /** Ends the connections of whoever is reading findings, once somebody does; false if nobody does within two seconds. */
    boolean cutOffReaders() throws IOException, SQLException {
        try (Connection connection = BuiltInDatabase.connect(data().resolve("database"));
                Statement statement = connection.createStatement()) {
            Instant end = Instant.now().plusSeconds(2);
            // without a pause: a small file takes some milliseconds
            while (Instant.now().isBefore(end)) {
                try (ResultSet cut = statement.executeQuery(
                        "select count(pg_terminate_backend(pid)) from pg_stat_activity where xact_start is not null"
                                + " and query ~ 'source_record|finding_cohort' and pid <> pg_backend_pid()")) {
                    if (cut.next() && cut.getInt(1) > 0) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

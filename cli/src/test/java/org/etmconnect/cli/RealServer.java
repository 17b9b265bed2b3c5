// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.connector.Targets;
import org.etmconnect.inventory.embedded.BuiltInDatabase;
import org.etmconnect.inventory.embedded.MadeDatabase;
import org.etmconnect.server.start.RunningServer;
import org.etmconnect.server.start.ServerOptions;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A real server with its own database, and {@code etm} for it. */
final class RealServer implements AutoCloseable {

    private final RunningServer server;

    private RealServer(RunningServer server) {
        this.server = server;
    }

    /** @param data a directory that is empty or not there yet */
    static RealServer start(Path data) {
        MadeDatabase.copyTo(data.resolve("database"));
        return new RealServer(RunningServer.start(new ServerOptions(
                InetAddress.getLoopbackAddress(),
                0,
                data,
                Optional.empty(),
                true,
                Targets.internetAnd(List.of("127.0.0.1")),
                false)));
    }

    /** What a command answered. */
    record Answer(int status, String out, String err) {

        JsonNode json() {
            return JsonMapper.shared().readTree(out);
        }
    }

    Answer etm(String... arguments) {
        return etm(Map.of(), "", arguments);
    }

    Answer etm(Map<String, String> environment, String input, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine etm = Etm.commandLine(new CommandLine.IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == ApplyCommand.class
                        ? type.cast(new ApplyCommand(
                                name -> Optional.ofNullable(environment.get(name)),
                                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))))
                        : CommandLine.defaultFactory().create(type);
            }
        });
        etm.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--server",
                server.address().toString(),
                "--token-file",
                server.tokenFile().toString()));
        return new Answer(etm.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    Api api() {
        try {
            return new Api(
                    server.address(),
                    Optional.of(Files.readString(server.tokenFile()).strip()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What the server's own database answers to a statement, in the first field of the first row. */
    String sql(String statement) throws IOException, SQLException {
        try (Connection connection = BuiltInDatabase.connect(server.tokenFile().resolveSibling("database"));
                Statement of = connection.createStatement();
                ResultSet row = of.executeQuery(statement)) {
            return row.next() ? String.valueOf(row.getString(1)) : "nothing";
        }
    }

    @Override
    public void close() {
        server.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The database of a server that runs, for tests that look into it. */
public final class BuiltInDatabase {

    private BuiltInDatabase() {}

    /**
     * A new connection, which must be closed.
     *
     * @param directory of the PostgreSQL, {@code database} in the server's data directory
     */
    public static Connection connect(Path directory) throws IOException, SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                        + Files.readString(directory.resolve("port")).strip() + "/postgres",
                "etmconnect",
                Files.readString(directory.resolve("password")).strip());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.nio.file.Path;

/** Starts a server, commits a row, says so, and waits to be ended. */
final class ServerInAnotherJvm {

    private ServerInAnotherJvm() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(
                Path.of(arguments[0]),
                PostgresOptions.defaults().withSharedBuffersMegabytes(32).withStopAtExit(true));
        EmbeddedPostgresTest.execute(
                server, "create table if not exists written_by_the_other (at timestamptz default now())");
        EmbeddedPostgresTest.execute(server, "insert into written_by_the_other default values");
        System.out.println("written");
        Thread.sleep(Long.MAX_VALUE);
    }
}

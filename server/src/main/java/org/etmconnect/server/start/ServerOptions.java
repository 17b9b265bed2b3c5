// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;

/**
 * What a server is started with.
 *
 * @param address where it listens
 * @param port TCP port; 0 takes a free one
 * @param data the data directory; made if it is not there
 * @param database a PostgreSQL of one's own; empty for the embedded one
 * @param allowPlainHttp whether connections may use {@code http://}, as a simulator does
 * @param targets which addresses connections may call
 * @param durable whether a commit of the embedded PostgreSQL survives a power cut; off only in tests
 */
public record ServerOptions(
        InetAddress address,
        int port,
        Path data,
        Optional<ExternalDatabase> database,
        boolean allowPlainHttp,
        Targets targets,
        boolean durable) {

    /**
     * A PostgreSQL that somebody else runs.
     *
     * @param url {@code jdbc:postgresql://…}
     * @param user empty if the URL names it
     * @param password empty if the URL or the server's trust does without
     */
    public record ExternalDatabase(String url, Optional<String> user, Optional<Secret> password) {}
}

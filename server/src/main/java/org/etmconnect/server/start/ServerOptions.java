// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.Targets;
import org.etmconnect.server.people.FirstManager;
import org.etmconnect.sync.SyncOptions;

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
 * @param keys where the keys are from that credentials are encrypted with
 * @param takeOverAfter how long another server on the same database may be silent before its runs are taken over
 * @param stuckAfter how long a run may get no further before it is ended
 * @param callsPerSecond how many calls one token or session may make; 0: any number
 * @param retention how long what runs leave behind is kept
 * @param accounts what is special about people who sign in with a password
 */
public record ServerOptions(
        InetAddress address,
        int port,
        Path data,
        Optional<ExternalDatabase> database,
        boolean allowPlainHttp,
        Targets targets,
        boolean durable,
        Keys keys,
        Duration takeOverAfter,
        Duration stuckAfter,
        int callsPerSecond,
        Retention retention,
        Accounts accounts) {

    /** After so long another server goes on with the runs of one that fell silent. */
    public static final Duration TAKE_OVER_AFTER = Duration.ofSeconds(60);

    /** With keys of the server's own, for any number of calls. */
    public ServerOptions(
            InetAddress address,
            int port,
            Path data,
            Optional<ExternalDatabase> database,
            boolean allowPlainHttp,
            Targets targets,
            boolean durable) {
        this(
                address,
                port,
                data,
                database,
                allowPlainHttp,
                targets,
                durable,
                new Keys.Own(),
                TAKE_OVER_AFTER,
                SyncOptions.STUCK_AFTER,
                0,
                Retention.defaults(),
                Accounts.defaults());
    }

    /**
     * How long what runs leave behind is kept.
     *
     * @param snapshots of each connection the newest so many; at least 1
     * @param details how long logs, quarantine and refused deliveries of runs are kept after the run's end; empty: for ever
     * @param history how long fixed findings and other history of living hosts is kept; empty: for ever
     */
    record Retention(int snapshots, Optional<Duration> details, Optional<Duration> history) {

        static Retention defaults() {
            return new Retention(5, Optional.empty(), Optional.empty());
        }
    }

    /**
     * What is special about people who sign in with a password.
     *
     * @param firstManager how the Manager is called whom the first start makes
     * @param leakedPasswords the file with passwords that nobody may take
     */
    record Accounts(String firstManager, Optional<Path> leakedPasswords) {

        static Accounts defaults() {
            return new Accounts(FirstManager.NAME, Optional.empty());
        }
    }

    /** Where the keys are from that credentials are encrypted with. */
    public sealed interface Keys {

        /** In the data directory; made there at the first start. */
        record Own() implements Keys {}

        /** In a file that the operator keeps. */
        record GivenFile(Path file) implements Keys {}

        /** In the environment. */
        record GivenText(Secret keys) implements Keys {}
    }

    /**
     * A PostgreSQL that somebody else runs.
     *
     * @param url {@code jdbc:postgresql://…}
     * @param user empty if the URL names it
     * @param password empty if the URL or the server's trust does without
     */
    public record ExternalDatabase(String url, Optional<String> user, Optional<Secret> password) {}
}

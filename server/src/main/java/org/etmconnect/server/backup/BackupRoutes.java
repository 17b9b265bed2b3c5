// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.backup;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.etmconnect.inventory.backup.TableDump;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.server.database.ConnectionPools;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.problem.PacedOutput;
import org.etmconnect.server.rest.api.BackupApi;
import org.etmconnect.server.security.Caller;
import org.etmconnect.server.system.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** The whole server as one file, written on the thread of the request while it goes on working. */
@RestController
class BackupRoutes implements BackupApi {

    private static final Logger LOG = LoggerFactory.getLogger(BackupRoutes.class);
    private static final DateTimeFormatter IN_NAME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final ConnectionPools pools;
    private final KeySet keySet;
    private final Host host;
    private final HttpServletResponse response;
    private final Clock clock;
    private final Duration patience;
    private final Semaphore place = new Semaphore(1);

    /**
     * @param response stands for that of the request under way
     * @param patience with a client that takes little of a backup
     */
    BackupRoutes(
            ConnectionPools pools,
            KeySet keySet,
            Host host,
            HttpServletResponse response,
            Clock clock,
            @Value("${etm.patience-with-readers:2m}") Duration patience) {
        this.pools = pools;
        this.keySet = keySet;
        this.host = host;
        this.response = response;
        this.clock = clock;
        this.patience = patience;
    }

    @Override
    public ResponseEntity<Void> writeBackup(Boolean keys) {
        if (keys
                && Caller.current()
                        .filter(caller -> caller.kind() == Caller.Kind.LOCAL)
                        .isEmpty()) {
            throw ApiProblem.forbidden(
                    "The keys leave the server's machine by its own token alone",
                    "Back up without the keys, or run ./etm backup on the server's machine, as the user that may read its data"
                            + " directory.");
        }
        if (!place.tryAcquire()) {
            throw ApiProblem.tooManyRequests(
                    "A backup is under way", "Try again when it is done.", Duration.ofSeconds(60));
        }
        try {
            write(keys && keySet.isOwn());
            return ResponseEntity.ok().build();
        } finally {
            place.release();
        }
    }

    private void write(boolean withKeys) {
        Path keyFile = host.data().resolve("keys.json");
        try {
            Optional<byte[]> before = withKeys ? Optional.of(Files.readAllBytes(keyFile)) : Optional.empty();
            try (TableDump dump = TableDump.begin(pools.work())) {
                if (before.isPresent() && !Arrays.equals(before.get(), Files.readAllBytes(keyFile))) {
                    throw ApiProblem.conflict(
                            "The keys are being rotated", "Back up again when ./etm keys rotate has ended.");
                }
                BackupManifest manifest = new BackupManifest(
                        BackupManifest.FORMAT,
                        Objects.requireNonNullElse(
                                BackupRoutes.class.getPackage().getImplementationVersion(), "development"),
                        clock.instant(),
                        withKeys,
                        dump.contents());
                response.setContentType("application/zip");
                response.setHeader(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename("etm-connect-" + IN_NAME.format(manifest.at()) + ".backup")
                                .build()
                                .toString());
                response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                OutputStream out = new PacedOutput(response.getOutputStream(), patience);
                new BackupWriter(out).write(manifest, dump, host.data().resolve("snapshots"), before);
            }
        } catch (IOException failure) {
            if (response.isCommitted()) {
                LOG.warn("A backup broke off: its client is gone, or a file could not be read", failure);
                throw new IllegalStateException("The backup broke off", failure);
            }
            response.reset();
            throw new IllegalStateException("A file of the data directory could not be read: " + failure, failure);
        }
    }
}

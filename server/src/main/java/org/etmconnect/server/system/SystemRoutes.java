// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseState;
import org.etmconnect.inventory.Schema;
import org.etmconnect.server.rest.api.SystemApi;
import org.etmconnect.server.rest.model.DatabaseDto;
import org.etmconnect.server.rest.model.DatabaseSizeDto;
import org.etmconnect.server.rest.model.ServerDto;
import org.etmconnect.server.rest.model.SystemDto;
import org.etmconnect.snapshot.SnapshotStore;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SystemRoutes implements SystemApi {

    private static final String UNPACKED = "development";

    private final DataSource database;
    private final SnapshotStore snapshots;
    private final Host host;

    SystemRoutes(DataSource database, SnapshotStore snapshots, Host host) {
        this.database = database;
        this.snapshots = snapshots;
        this.host = host;
    }

    @Override
    public ResponseEntity<SystemDto> getSystem() {
        DatabaseState state = DatabaseState.read(database);
        DatabaseDto databaseDocument = new DatabaseDto(
                state.version(),
                host.embeddedDatabase(),
                state.bytes().values().stream().mapToLong(Long::longValue).sum(),
                state.bytes().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(entry -> new DatabaseSizeDto(
                                DatabaseSizeDto.KindEnum.valueOf(entry.getKey().name()), entry.getValue()))
                        .toList());
        Schema.version(database).ifPresent(databaseDocument::setSchemaVersion);
        try {
            FileStore disk = Files.getFileStore(host.data());
            return ResponseEntity.ok(new SystemDto(
                    Objects.requireNonNullElse(SystemRoutes.class.getPackage().getImplementationVersion(), UNPACKED),
                    Runtime.version().toString(),
                    Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()),
                    databaseDocument,
                    snapshots.bytes(),
                    disk.getUsableSpace(),
                    disk.getTotalSpace(),
                    state.servers().stream().map(this::document).toList()));
        } catch (IOException failure) {
            throw new UncheckedIOException("The disk of the data directory cannot be asked for its space", failure);
        }
    }

    private ServerDto document(DatabaseState.Server server) {
        return new ServerDto(
                server.name(), server.name().equals(host.name()), server.connectedSince(), server.connections());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.health;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.Schema;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.HealthApi;
import org.etmconnect.server.rest.model.HealthDto;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class HealthRoutes implements HealthApi {

    private final DataSource dataSource;
    private final InventoryMetrics metrics;
    private final PrometheusMeterRegistry registry;
    /** As this server brought it up to date at its start. */
    private final Optional<String> schema;

    private final String description;

    HealthRoutes(DataSource dataSource, InventoryMetrics metrics, PrometheusMeterRegistry registry) throws IOException {
        this.dataSource = dataSource;
        this.metrics = metrics;
        this.registry = registry;
        this.schema = Schema.version(dataSource);
        this.description = new ClassPathResource("openapi/etm-connect.yaml").getContentAsString(StandardCharsets.UTF_8);
    }

    @Override
    public ResponseEntity<HealthDto> live() {
        return ResponseEntity.ok(new HealthDto(HealthDto.StatusEnum.UP));
    }

    @Override
    public ResponseEntity<HealthDto> ready() {
        try {
            if (!Schema.version(dataSource).equals(schema)) {
                throw ApiProblem.unavailable(
                        "The database's schema is not this version's",
                        "Another version of the program has changed it, or a migration failed. Start that version, or look at"
                                + " logs/server.log in the server's data directory.",
                        new IllegalStateException("migrations differ"));
            }
        } catch (DatabaseException unreachable) {
            throw ApiProblem.unavailable(
                    "The database does not answer",
                    "Look at logs/server.log in the server's data directory.",
                    unreachable);
        }
        return live();
    }

    @Override
    public ResponseEntity<String> metrics() {
        metrics.refresh();
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/plain; version=0.0.4; charset=utf-8"))
                .body(registry.scrape());
    }

    @Override
    public ResponseEntity<String> openApi() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(description);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.health;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.HealthApi;
import org.etmconnect.server.rest.model.HealthDto;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class HealthRoutes implements HealthApi {

    private static final int DATABASE_SECONDS = 5;

    private final DataSource dataSource;
    private final String description;

    HealthRoutes(DataSource dataSource) throws IOException {
        this.dataSource = dataSource;
        this.description = new ClassPathResource("openapi/etm-connect.yaml").getContentAsString(StandardCharsets.UTF_8);
    }

    @Override
    public ResponseEntity<HealthDto> live() {
        return ResponseEntity.ok(new HealthDto(HealthDto.StatusEnum.UP));
    }

    @Override
    public ResponseEntity<HealthDto> ready() {
        try (Connection connection = dataSource.getConnection()) {
            if (connection.isValid(DATABASE_SECONDS)) {
                return live();
            }
        } catch (SQLException unreachable) {
            throw ApiProblem.unavailable(
                    "The database does not answer",
                    "Look at logs/server.log in the server's data directory.",
                    unreachable);
        }
        throw ApiProblem.unavailable(
                "The database does not answer",
                "Look at logs/server.log in the server's data directory.",
                new SQLException("not valid"));
    }

    @Override
    public ResponseEntity<String> openApi() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_YAML).body(description);
    }
}

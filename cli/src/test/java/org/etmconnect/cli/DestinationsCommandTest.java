// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.etmconnect.simulator.qualys.GatewaySettings;
import org.etmconnect.simulator.qualys.QualysGatewaySimulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationsCommandTest {

    @Test
    void aDestinationIsMadeTriedAndDeliveredTo(@TempDir Path directory) throws IOException {
        Path password = directory.resolve("pw.txt");
        Files.writeString(password, "etm-password\n");
        try (RealServer server = RealServer.start(directory.resolve("data"));
                QualysGatewaySimulator gateway = QualysGatewaySimulator.start(GatewaySettings.defaults())) {
            String[] create = {
                "destinations",
                "create",
                "--name",
                "Qualys",
                "--kind",
                "qualys-etm-api",
                "--after-runs",
                "--test",
                "--set",
                "gatewayURL=" + gateway.baseUrl(),
                "--set",
                "username=etm-user",
                "--set",
                "connectorUUID=" + gateway.settings().connectorUuid(),
                "--secret-file",
                "password=" + password
            };
            RealServer.Answer created = server.etm(create);
            assertThat(created.status()).as(created.err()).isZero();
            assertThat(created.out()).contains("PASSED", "Created destination 1.");

            RealServer.Answer delivered = server.etm("destinations", "deliver", "1", "--wait");
            assertThat(delivered.status()).as(delivered.out() + delivered.err()).isZero();
            assertThat(delivered.out()).contains("DELIVERED. 0 assets");
            assertThat(server.etm("destinations", "list").out()).contains("Qualys", "DELIVERED");
            assertThat(server.etm("destinations", "deliveries", "1", "--output", "json")
                            .json())
                    .hasSize(1);
            assertThat(server.etm("destinations", "kinds").out()).contains("qualys-etm-csv", "(secret)");

            gateway.close();
            RealServer.Answer failed = server.etm("destinations", "test", "1");
            assertThat(failed.status()).isEqualTo(1);
            assertThat(failed.out()).contains("did not answer");
            assertThat(server.etm("destinations", "delete", "1").status()).isZero();
        }
    }
}

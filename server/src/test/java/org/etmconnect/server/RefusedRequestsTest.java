// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before anybody knows whose it is leaves a line in the log, and a crowd of it no more than one a minute. */
class RefusedRequestsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /api/v1/%zz HTTP/1.1 | a request that cannot be read",
                "GET /api/v1/..;/users HTTP/1.1 | a request that is not let through",
                "GET /api/v1/findings?limit=0 HTTP/1.1 | values that no read takes",
                "GET /api/v1/findings?limit=many HTTP/1.1 | values that no read takes",
            })
    void theFirstIsInTheLogAndTheOthersAreNot(String line, String why) throws Exception {
        try (OwnServer server = OwnServer.start("refused-requests-server")) {
            for (int i = 0; i < 20; i++) {
                assertThat(answer(server.address(), line, server.token())).containsPattern("^HTTP/1.1 4\\d\\d");
            }

            assertThat(Files.readAllLines(server.data().resolve("logs/server.log")))
                    .filteredOn(each -> each.contains("Refused "))
                    .singleElement()
                    .asString()
                    .contains("Refused " + why + " from 127.0.0.1; 0 more");
        }
    }

    private static String answer(URI address, String line, String token) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write((line + "\r\nHost: localhost\r\nAuthorization: Bearer " + token
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

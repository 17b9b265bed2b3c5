// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ApiTest {

    /** A route that answers nothing but problems refuses callers that do not take them. */
    @Test
    void problemsAreAcceptedBesideJson() throws Exception {
        AtomicReference<String> accepted = new AtomicReference<>("");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            accepted.set(exchange.getRequestHeaders().getFirst("Accept"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            new Api(address, Optional.empty()).delete("/api/v1/maps/" + Api.encoded("My map (1)"));
        } finally {
            server.stop(0);
        }

        assertThat(accepted.get()).contains("application/json").contains("application/problem+json");
        assertThat(Api.encoded("My map (1)")).isEqualTo("My%20map%20%281%29");
    }
}

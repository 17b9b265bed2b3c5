// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.HttpResponse;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Targets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurnTest {

    private final CountDownLatch connected = new CountDownLatch(1);
    private final NetworkOptions network =
            NetworkOptions.defaults().withPlainHttp(true).withTargets(Targets.internetAnd(List.of("127.0.0.0/8")));
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try (Socket socket = server.accept()) {
                connected.countDown();
                socket.getInputStream().read();
                socket.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
                socket.getInputStream().read();
            } catch (IOException closed) {
                connected.countDown();
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private HttpGet request() {
        return new HttpGet("http://127.0.0.1:" + server.getLocalPort() + "/");
    }

    @Test
    void aRequestTakesItsTurnWhenItsConnectionIsOpen() throws Exception {
        boolean[] open = new boolean[1];
        try (CloseableHttpClient client = Http.client(network, () -> open[0] = connected.await(10, TimeUnit.SECONDS))) {
            int status = client.execute(request(), HttpResponse::getCode);
            assertThat(status).isEqualTo(200);
        }
        assertThat(open[0]).isTrue();
    }

    @Test
    void aThreadInterruptedWhileItWaitsForItsTurnSendsNothing() throws Exception {
        try (CloseableHttpClient client = Http.client(network, () -> {
            throw new InterruptedException();
        })) {
            assertThatThrownBy(() -> client.execute(request(), HttpResponse::getCode))
                    .isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}

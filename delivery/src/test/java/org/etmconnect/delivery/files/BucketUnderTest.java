// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** As much of S3's protocol as is needed to put objects, whole or in parts. Signatures are not checked. */
public final class BucketUnderTest implements AutoCloseable {

    public final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    public final TreeMap<Integer, byte[]> parts = new TreeMap<>();
    private final HttpServer server;

    public BucketUnderTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String answer = "";
        int status = 200;
        exchange.getResponseHeaders().set("ETag", "\"tag\"");
        if (!path.startsWith("/inventory/")) {
            status = 404;
            answer = "<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>";
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            objects.remove(path);
        } else if (exchange.getRequestMethod().equals("POST") && query.startsWith("uploads")) {
            answer = "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>";
        } else if (query.contains("partNumber=")) {
            parts.put(Integer.valueOf(query.replaceAll(".*partNumber=(\\d+).*", "$1")), body);
        } else if (exchange.getRequestMethod().equals("POST")) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (byte[] part : parts.values()) {
                whole.write(part);
            }
            objects.put(path, whole.toByteArray());
            answer = "<CompleteMultipartUploadResult><ETag>tag</ETag></CompleteMultipartUploadResult>";
        } else {
            objects.put(path, body);
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

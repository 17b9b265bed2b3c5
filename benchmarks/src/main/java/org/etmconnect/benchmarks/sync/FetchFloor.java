// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.etmconnect.connector.StoredPage;
import org.etmconnect.simulator.SimulatorSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a simulated tenant for what a run fetched, under the same budget, and throws the answers away: the least time in
 * which these bytes can be read. Calls leave one after the other, evenly; one that is refused is made again.
 */
final class FetchFloor {

    private static final int TOO_MANY = 429;
    private static final String ENDPOINTS = "endpoints";

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final URI tenant;
    private final long intervalNanos;
    private final int parallel;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private long nextSlot = System.nanoTime();

    /**
     * @param perSecond calls a second
     * @param parallel calls under way at once
     */
    FetchFloor(URI tenant, int perSecond, int parallel) {
        this.tenant = tenant;
        this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
        this.parallel = parallel;
    }

    /**
     * What it took.
     *
     * @param seconds from the first call to the end of the last answer
     * @param refused calls, of {@code calls}, that the tenant refused as too fast
     * @param bytes of the answers as they came, compressed
     */
    record Floor(double seconds, long calls, long refused, long bytes) {}

    /** Reads again what these pages hold. */
    Floor read(List<StoredPage> pages) throws InterruptedException, ExecutionException {
        long begun = System.nanoTime();
        Semaphore underWay = new Semaphore(parallel, true);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (StoredPage page : pages) {
                all.add(threads.submit(() -> {
                    if (page.stream().equals(ENDPOINTS)) {
                        discard(underWay, "endpoints/get_endpoint", page.request());
                    } else {
                        query(underWay, page.request());
                    }
                    return page;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        return new Floor((System.nanoTime() - begun) / 1e9, calls.get(), refused.get(), bytes.get());
    }

    private void query(Semaphore underWay, String request) throws IOException, InterruptedException {
        String id = answer(underWay, "xql/start_xql_query", request).asString();
        while (true) {
            JsonNode results = answer(
                    underWay,
                    "xql/get_query_results",
                    "{\"request_data\":{\"query_id\":\"" + id + "\",\"pending_flag\":true,\"format\":\"json\"}}");
            if (!results.path("status").asString().equals("PENDING")) {
                String stream = results.at("/results/stream_id").asString("");
                if (!stream.isEmpty()) {
                    discard(
                            underWay,
                            "xql/get_query_results_stream",
                            "{\"request_data\":{\"stream_id\":\"" + stream + "\",\"is_gzip_compressed\":true}}");
                }
                return;
            }
        }
    }

    private JsonNode answer(Semaphore underWay, String call, String body) throws IOException, InterruptedException {
        return call(underWay, call, body, "identity", answer -> json.readTree(answer.readAllBytes()))
                .path("reply");
    }

    private void discard(Semaphore underWay, String call, String body) throws IOException, InterruptedException {
        long read = call(underWay, call, body, "gzip", answer -> answer.transferTo(OutputStream.nullOutputStream()));
        bytes.addAndGet(read);
    }

    private interface Reading<T> {
        T read(InputStream answer) throws IOException;
    }

    private <T> T call(Semaphore underWay, String call, String body, String encoding, Reading<T> reading)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(tenant.resolve("/public_api/v1/" + call))
                .header("x-xdr-auth-id", SimulatorSettings.DEFAULT_KEY_ID)
                .header("Authorization", SimulatorSettings.DEFAULT_KEY)
                .header("Content-Type", "application/json")
                .header("Accept-Encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        while (true) {
            underWay.acquire();
            try {
                takeSlot();
                calls.incrementAndGet();
                HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                try (InputStream answer = response.body()) {
                    if (response.statusCode() == TOO_MANY) {
                        refused.incrementAndGet();
                        continue;
                    }
                    if (response.statusCode() != 200) {
                        throw new IOException(call + " answered " + response.statusCode());
                    }
                    return reading.read(answer);
                }
            } finally {
                underWay.release();
            }
        }
    }

    private void takeSlot() throws InterruptedException {
        long wait;
        synchronized (this) {
            long now = System.nanoTime();
            long slot = Math.max(now, nextSlot);
            nextSlot = slot + intervalNanos;
            wait = slot - now;
        }
        Thread.sleep(Duration.ofNanos(wait));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.http.Http;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bucket of Amazon S3, or of anything that speaks its protocol. An object appears there whole or not at all. */
final class BucketStore implements FileStore {

    private static final Logger LOG = LoggerFactory.getLogger(BucketStore.class);
    private static final ContentType BYTES = ContentType.APPLICATION_OCTET_STREAM;
    private static final Pattern UPLOAD_ID = Pattern.compile("<UploadId>([^<]+)</UploadId>");
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]+)</Message>");
    private static final int TRIES = 4;
    private static final int MOST_PARTS = 9_000;
    /** Files are sent in parts of this size; a smaller one goes whole. */
    private static final int PART = 32 << 20;

    private final Bucket bucket;
    private final Path work;
    private final int part;
    private final CloseableHttpClient http;
    private final S3Signature signature;

    /**
     * A bucket to write to.
     *
     * @param prefix before each name; empty or with a slash at its end
     * @param endpoint of another service than Amazon's
     */
    record Bucket(
            String name, String prefix, String region, Optional<URI> endpoint, String accessKeyId, Secret secretKey) {

        URI url(String key, String query) {
            String path = S3Signature.encoded(prefix + key) + (query.isEmpty() ? "" : "?" + query);
            if (endpoint.isPresent()) {
                String base = endpoint.get().toString();
                return URI.create((base.endsWith("/") ? base : base + "/") + name + "/" + path);
            }
            // a name with dots does not fit Amazon's certificate
            return URI.create(
                    name.contains(".")
                            ? "https://s3." + region + ".amazonaws.com/" + name + "/" + path
                            : "https://" + name + ".s3." + region + ".amazonaws.com/" + path);
        }
    }

    BucketStore(Bucket bucket, NetworkOptions network, Path work) {
        this(bucket, network, work, PART);
    }

    BucketStore(Bucket bucket, NetworkOptions network, Path work, int part) {
        this.bucket = bucket;
        this.work = work;
        this.part = part;
        this.http = Http.client(network);
        this.signature = new S3Signature(bucket.accessKeyId(), bucket.secretKey(), bucket.region());
    }

    @Override
    public Path draft(String name) throws IOException {
        Files.createDirectories(work);
        return Files.createTempFile(work, "delivery-", "-" + name);
    }

    @Override
    public void publish(String name, Path draft) throws IOException {
        long size = Files.size(draft);
        if (size <= part) {
            call("PUT", bucket.url(name, ""), Files.readAllBytes(draft));
        } else {
            inParts(name, draft, Math.toIntExact(Math.max(part, size / MOST_PARTS + 1)));
        }
        Files.delete(draft);
    }

    private void inParts(String name, Path draft, int each) throws IOException {
        Matcher id = UPLOAD_ID.matcher(
                call("POST", bucket.url(name, "uploads="), new byte[0]).body());
        if (!id.find()) {
            throw new IOException("The bucket " + bucket.name() + " begins no upload in parts");
        }
        String upload = "uploadId=" + S3Signature.encoded(id.group(1)).replace("/", "%2F");
        try {
            List<String> tags = new ArrayList<>();
            try (InputStream file = Files.newInputStream(draft)) {
                for (byte[] bytes = file.readNBytes(each); bytes.length > 0; bytes = file.readNBytes(each)) {
                    URI url = bucket.url(name, "partNumber=" + (tags.size() + 1) + "&" + upload);
                    tags.add(call("PUT", url, bytes).tag());
                }
            }
            StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
            for (int i = 0; i < tags.size(); i++) {
                parts.append("<Part><PartNumber>")
                        .append(i + 1)
                        .append("</PartNumber><ETag>")
                        .append(tags.get(i))
                        .append("</ETag></Part>");
            }
            String answer = call(
                            "POST",
                            bucket.url(name, upload),
                            parts.append("</CompleteMultipartUpload>")
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8))
                    .body();
            // an upload can fail after its answer has begun with status 200
            if (answer.contains("<Error>")) {
                throw refused(200, answer);
            }
        } catch (IOException failure) {
            abort(name, upload);
            throw failure;
        }
    }

    private void abort(String name, String upload) {
        try {
            call("DELETE", bucket.url(name, upload), new byte[0]);
        } catch (IOException alsoThis) {
            LOG.debug("An upload to {} could not be given up", bucket.name(), alsoThis);
        }
    }

    private record Answer(int status, String body, String tag) {}

    /** A request, again if what went wrong may pass. Each replaces what the one before wrote. */
    private Answer call(String method, URI url, byte[] body) throws IOException {
        IOException last = new IOException("No answer");
        for (int tries = 0; tries < TRIES; tries++) {
            if (tries > 0 && !pause(tries)) {
                throw last;
            }
            Answer answer;
            try {
                answer = once(method, url, body);
            } catch (IOException lost) {
                last = lost;
                continue;
            }
            if (answer.status() / 100 == 2) {
                return answer;
            }
            last = refused(answer.status(), answer.body());
            if (answer.status() < 500 && answer.status() != 429) {
                throw last;
            }
        }
        throw last;
    }

    private static boolean pause(int tries) {
        try {
            Thread.sleep(200L << tries);
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Answer once(String method, URI url, byte[] body) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, url);
        signature
                .headers(method, url, Map.of(), S3Signature.hash(body), Instant.now())
                .forEach((name, value) -> {
                    if (!name.equals("host")) {
                        request.setHeader(name, value);
                    }
                });
        if (!method.equals("DELETE")) {
            request.setEntity(new ByteArrayEntity(body, BYTES));
        }
        return http.execute(
                request,
                response -> new Answer(
                        response.getCode(),
                        response.getEntity() == null ? "" : EntityUtils.toString(response.getEntity(), 1 << 16),
                        response.getFirstHeader("ETag") == null
                                ? ""
                                : response.getFirstHeader("ETag").getValue()));
    }

    private IOException refused(int status, String body) {
        Matcher message = MESSAGE.matcher(body);
        return new IOException(
                where() + " answered status " + status + (message.find() ? ": " + message.group(1) : ""));
    }

    @Override
    public void remove(String name) {
        try {
            call("DELETE", bucket.url(name, ""), new byte[0]);
        } catch (IOException stays) {
            LOG.debug("{} stays in {}", name, bucket.name(), stays);
        }
    }

    @Override
    public String where() {
        return "s3://" + bucket.name() + "/" + bucket.prefix();
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            LOG.debug("Closing the connections to {} failed", bucket.name(), e);
        }
    }
}

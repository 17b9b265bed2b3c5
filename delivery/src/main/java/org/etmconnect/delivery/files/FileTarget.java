// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** What kinds of destinations that are files have in common: where the files go. Safe for use by several threads. */
public final class FileTarget {

    private static final String PROBE = "etm-connect-test.txt";

    private static final String TARGET = "target";
    private static final String DIRECTORY = "directory";
    private static final String BUCKET = "bucket";
    private static final String PREFIX = "prefix";
    private static final String REGION = "region";
    private static final String ENDPOINT = "endpoint";
    private static final String ACCESS_KEY_ID = "accessKeyId";
    private static final String SECRET_ACCESS_KEY = "secretAccessKey";

    private final Path root;
    private final Path work;

    /**
     * @param root the directory under which directories may be named
     * @param work where files for a bucket are made
     */
    public FileTarget(Path root, Path work) {
        this.root = root.toAbsolutePath().normalize();
        this.work = work;
    }

    /** Writes two files. */
    public interface Writer {
        /** Writes them and leaves the streams open. What is counted is what they hold. */
        DeliveryCounts write(OutputStream assets, OutputStream findings);
    }

    /** The settings that say where. */
    public List<AuthField> fields() {
        return List.of(
                new AuthField(
                        "Target",
                        TARGET,
                        AuthField.Type.ENUM,
                        true,
                        "Whether to write into a directory or an S3 bucket.",
                        List.of("directory", "s3")),
                text(
                        "Directory",
                        DIRECTORY,
                        "Under the server's deliveries directory, e.g. qualys; for a directory. May be left out."),
                text("Bucket", BUCKET, "The bucket's name; for S3."),
                text("Prefix", PREFIX, "What the objects' keys begin with, e.g. cortex/; for S3. May be left out."),
                text("Region", REGION, "The bucket's region, e.g. eu-central-1; us-east-1 if left out."),
                text("Endpoint", ENDPOINT, "URL of an S3-compatible service; Amazon's if left out."),
                text("Access key ID", ACCESS_KEY_ID, "Of a user who may put objects into the bucket; for S3."),
                new AuthField(
                        "Secret access key",
                        SECRET_ACCESS_KEY,
                        AuthField.Type.ENCRYPTED_STRING,
                        false,
                        "Its secret.",
                        List.of()));
    }

    private static AuthField text(String name, String key, String description) {
        return new AuthField(name, key, AuthField.Type.STRING, false, description, List.of());
    }

    /** Keys of the settings that say where the credential is sent. */
    public Set<String> leadTo() {
        return Set.of(BUCKET, REGION, ENDPOINT, ACCESS_KEY_ID);
    }

    /** What is wrong with the settings that say where, and with choices among {@code fields}. */
    public List<Problem> check(DestinationSettings settings, List<AuthField> fields) {
        List<Problem> problems = new ArrayList<>();
        fields.stream()
                .filter(field -> field.type() == AuthField.Type.ENUM)
                .forEach(field -> settings.value(field.key())
                        .filter(value -> !field.choices().contains(value))
                        .ifPresent(value -> problems.add(
                                new Problem(field.key(), "Give one of " + String.join(", ", field.choices()) + "."))));
        if (isBucket(settings)) {
            checkBucket(settings, problems);
        } else if (directory(settings).isEmpty()) {
            problems.add(new Problem(
                    DIRECTORY,
                    "Name a directory under " + root + ", such as qualys. To write elsewhere, the server's operator can"
                            + " make a link to it there."));
        }
        return problems;
    }

    private static void checkBucket(DestinationSettings settings, List<Problem> problems) {
        if (settings.value(BUCKET).isEmpty()) {
            problems.add(new Problem(BUCKET, "Name the bucket."));
        }
        if (settings.value(ACCESS_KEY_ID).isEmpty()) {
            problems.add(new Problem(ACCESS_KEY_ID, "Give the id of a key that may put objects into the bucket."));
        }
        if (settings.secret(SECRET_ACCESS_KEY).isEmpty()) {
            problems.add(new Problem(SECRET_ACCESS_KEY, "Give the key's secret."));
        }
        settings.value(ENDPOINT).ifPresent(typed -> {
            Optional<URI> endpoint = endpoint(typed);
            if (endpoint.isEmpty()) {
                problems.add(new Problem(ENDPOINT, "\"" + typed + "\" is no web address. Write https://host."));
                return;
            }
            if (endpoint.get().getScheme().equals("http") && !settings.network().allowPlainHttp()) {
                problems.add(new Problem(ENDPOINT, "Over http:// the data could be read on the way. Write https://."));
            }
            String host = endpoint.get().getHost();
            GuardedNames.refusal(settings.network().targets(), host)
                    .ifPresent(refusal -> problems.add(new Problem(ENDPOINT, refusal + " " + GuardedNames.fix(host))));
        });
    }

    private static Optional<URI> endpoint(String typed) {
        try {
            URI uri = URI.create(typed);
            String scheme = String.valueOf(uri.getScheme());
            return uri.getHost() != null && (scheme.equals("https") || scheme.equals("http"))
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    private static boolean isBucket(DestinationSettings settings) {
        return settings.value(TARGET).orElse("directory").equals("s3");
    }

    /** Where to write; empty if that is outside of where the server writes. */
    private Optional<Path> directory(DestinationSettings settings) {
        try {
            Path directory = root.resolve(settings.value(DIRECTORY).orElse("")).normalize();
            return directory.startsWith(root) ? Optional.of(directory) : Optional.empty();
        } catch (java.nio.file.InvalidPathException unreadable) {
            return Optional.empty();
        }
    }

    private FileStore open(DestinationSettings settings, List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new DeliveryFailure(
                    FailureKind.CONFIGURATION,
                    String.join(" ", problems.stream().map(Problem::message).toList()));
        }
        if (!isBucket(settings)) {
            return new DirectoryStore(directory(settings).orElseThrow());
        }
        String prefix = settings.value(PREFIX).orElse("");
        return new BucketStore(
                new BucketStore.Bucket(
                        settings.value(BUCKET).orElseThrow(),
                        prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
                        settings.value(REGION).orElse("us-east-1"),
                        settings.value(ENDPOINT).flatMap(FileTarget::endpoint),
                        settings.value(ACCESS_KEY_ID).orElseThrow(),
                        settings.secret(SECRET_ACCESS_KEY).orElseThrow()),
                settings.network(),
                work);
    }

    /** Writes a small file and takes it away again. */
    public ConnectionTest test(DestinationSettings settings, List<Problem> problems) {
        String name = "Write a file";
        try (FileStore store = open(settings, problems)) {
            Path draft = store.draft(PROBE);
            Files.writeString(draft, "ETM Connect may write here.\n", StandardCharsets.UTF_8);
            store.publish(PROBE, draft);
            store.remove(PROBE);
            return new ConnectionTest(
                    List.of(Check.passed(name, "Wrote a file to " + store.where() + " and took it away again.")));
        } catch (IOException failure) {
            return failed(name, FailureKind.REMOTE_UNAVAILABLE, reason(failure));
        } catch (DeliveryFailure failure) {
            return failed(name, failure.kind(), failure.reason());
        }
    }

    private static ConnectionTest failed(String name, FailureKind kind, String message) {
        return new ConnectionTest(List.of(Check.failed(name, kind, message)));
    }

    private static String reason(IOException failure) {
        return "The files cannot be written: " + failure.getMessage()
                + ". Check that the server may write there, and for a bucket its name, region, endpoint and key.";
    }

    /**
     * Writes both files and shows them once both are whole.
     *
     * @throws DeliveryFailure if they cannot be written; the files that were there stay
     */
    public DeliveryCounts deliver(
            DestinationSettings settings, List<Problem> problems, String assetName, String findingName, Writer writer) {
        try (FileStore store = open(settings, problems)) {
            Path assets = store.draft(assetName);
            Path findings = store.draft(findingName);
            DeliveryCounts counts;
            try {
                try (OutputStream assetFile = Files.newOutputStream(assets);
                        OutputStream findingFile = Files.newOutputStream(findings)) {
                    counts = writer.write(assetFile, findingFile);
                }
                store.publish(assetName, assets);
                store.publish(findingName, findings);
            } finally {
                Files.deleteIfExists(assets);
                Files.deleteIfExists(findings);
            }
            return counts.plus(new DeliveryCounts(0, 0, 0, 0, 0, 0, 0, 0, 2));
        } catch (UncheckedIOException failure) {
            throw new DeliveryFailure(
                    FailureKind.REMOTE_UNAVAILABLE, reason(new IOException(failure.getMessage(), failure)));
        } catch (IOException failure) {
            throw new DeliveryFailure(FailureKind.REMOTE_UNAVAILABLE, reason(failure));
        }
    }
}

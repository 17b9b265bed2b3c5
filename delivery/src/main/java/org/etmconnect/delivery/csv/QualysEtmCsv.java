// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.csv;

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
import org.etmconnect.connector.ConnectionTest.Outcome;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryCounts;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.http.GuardedNames;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** CSV files in a directory or a bucket, for ETM's Generic CSV and AWS S3 CSV connectors. */
public final class QualysEtmCsv implements DestinationKind {

    static final String ASSETS = "etm-assets.csv";
    static final String FINDINGS = "etm-findings.csv";
    private static final String PROBE = "etm-connect-test.txt";

    private static final String TARGET = "target";
    private static final String DIRECTORY = "directory";
    private static final String BUCKET = "bucket";
    private static final String PREFIX = "prefix";
    private static final String REGION = "region";
    private static final String ENDPOINT = "endpoint";
    private static final String ACCESS_KEY_ID = "accessKeyId";
    private static final String SECRET_ACCESS_KEY = "secretAccessKey";
    private static final String DELIMITER = "delimiter";
    private static final String QUALIFIER = "qualifier";
    private static final String HEADER = "header";

    private final Path root;
    private final Path work;

    /**
     * @param root the directory under which directories may be named
     * @param work where files for a bucket are made
     */
    public QualysEtmCsv(Path root, Path work) {
        this.root = root.toAbsolutePath().normalize();
        this.work = work;
    }

    @Override
    public String id() {
        return "qualys-etm-csv";
    }

    @Override
    public String title() {
        return "Qualys ETM, by CSV";
    }

    @Override
    public String description() {
        return "Writes the whole inventory as CSV files for ETM's Generic CSV and AWS S3 CSV connectors.";
    }

    @Override
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
                        List.of()),
                new AuthField(
                        "Column delimiter",
                        DELIMITER,
                        AuthField.Type.ENUM,
                        true,
                        "As in the ETM connector.",
                        List.of("comma", "semicolon", "tab")),
                new AuthField(
                        "Qualifier",
                        QUALIFIER,
                        AuthField.Type.ENUM,
                        true,
                        "As in the ETM connector.",
                        List.of("double", "single")),
                new AuthField(
                        "Header row",
                        HEADER,
                        AuthField.Type.ENUM,
                        true,
                        "Whether the first line names the columns.",
                        List.of("yes", "no")));
    }

    private static AuthField text(String name, String key, String description) {
        return new AuthField(name, key, AuthField.Type.STRING, false, description, List.of());
    }

    @Override
    public Set<String> leadTo() {
        return Set.of(BUCKET, REGION, ENDPOINT, ACCESS_KEY_ID);
    }

    @Override
    public List<Problem> check(DestinationSettings settings) {
        List<Problem> problems = new ArrayList<>();
        fields().stream()
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

    private FileStore open(DestinationSettings settings) {
        List<Problem> problems = check(settings);
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
                        settings.value(ENDPOINT).flatMap(QualysEtmCsv::endpoint),
                        settings.value(ACCESS_KEY_ID).orElseThrow(),
                        settings.secret(SECRET_ACCESS_KEY).orElseThrow()),
                settings.network(),
                work);
    }

    private static CsvForm form(DestinationSettings settings) {
        char delimiter = switch (settings.value(DELIMITER).orElse("comma")) {
            case "semicolon" -> ';';
            case "tab" -> '\t';
            default -> ',';
        };
        return new CsvForm(
                delimiter,
                settings.value(QUALIFIER).orElse("double").equals("single") ? '\'' : '"',
                settings.value(HEADER).orElse("yes").equals("yes"));
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) {
        String name = "Write a file";
        try (FileStore store = open(settings)) {
            Path draft = store.draft(PROBE);
            Files.writeString(draft, "ETM Connect may write here.\n", StandardCharsets.UTF_8);
            store.publish(PROBE, draft);
            store.remove(PROBE);
            return new ConnectionTest(List.of(new Check(
                    name, Outcome.PASSED, Optional.empty(), "Wrote a file to " + store.where() + " and took it away again.", "")));
        } catch (IOException failure) {
            return failed(name, FailureKind.REMOTE_UNAVAILABLE, reason(failure));
        } catch (DeliveryFailure failure) {
            return failed(name, failure.kind(), failure.reason());
        }
    }

    private static ConnectionTest failed(String name, FailureKind kind, String message) {
        return new ConnectionTest(List.of(new Check(name, Outcome.FAILED, Optional.of(kind), message, "")));
    }

    private static String reason(IOException failure) {
        return "The files cannot be written: " + failure.getMessage()
                + ". Check that the server may write there, and for a bucket its name, region, endpoint and key.";
    }

    @Override
    public void deliver(DeliveryWork work) {
        try (FileStore store = open(work.settings())) {
            Path assets = store.draft(ASSETS);
            Path findings = store.draft(FINDINGS);
            DeliveryCounts counts;
            try {
                try (OutputStream assetFile = Files.newOutputStream(assets);
                        OutputStream findingFile = Files.newOutputStream(findings)) {
                    counts = new EtmCsvWriter(work.database(), form(work.settings())).write(assetFile, findingFile);
                }
                store.publish(ASSETS, assets);
                store.publish(FINDINGS, findings);
            } finally {
                Files.deleteIfExists(assets);
                Files.deleteIfExists(findings);
            }
            work.report().count(counts.plus(new DeliveryCounts(0, 0, 0, 0, 0, 0, 0, 0, 2)));
        } catch (UncheckedIOException failure) {
            throw new DeliveryFailure(
                    FailureKind.REMOTE_UNAVAILABLE, reason(new IOException(failure.getMessage(), failure)));
        } catch (IOException failure) {
            throw new DeliveryFailure(FailureKind.REMOTE_UNAVAILABLE, reason(failure));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.etmconnect.delivery.RowFile;
import org.etmconnect.delivery.cyclonedx.VexExport;
import org.etmconnect.delivery.ocsf.OcsfExport;
import org.etmconnect.delivery.ocsf.OcsfFormat;
import org.etmconnect.query.AssetRow;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.FindingRow;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.RowSink;
import org.etmconnect.query.StreamOutcome;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.server.database.ConnectionPools;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.problem.PacedOutput;
import org.etmconnect.server.rest.api.ExportsApi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whole results as files. They are written while they are read, on the thread of the request: a client that reads slowly slows
 * the reading, and one that is gone ends it.
 */
@RestController
class ExportRoutes implements ExportsApi {

    private static final Logger LOG = LoggerFactory.getLogger(ExportRoutes.class);

    private static final int BUFFER = 1 << 16;

    private static final String CSV = "csv";
    private static final String JSON = "json";
    private static final String OCSF_JSON_LINES = "ocsf-json-lines";
    private static final String OCSF_PARQUET = "ocsf-parquet";
    private static final String CYCLONEDX_VEX = "cyclonedx-vex";

    private static final String NDJSON = "application/x-ndjson";
    private static final String PARQUET = "application/vnd.apache.parquet";

    private static final DateTimeFormatter IN_NAME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final AssetSearch assets;
    private final FindingSearch findings;
    private final HttpServletResponse response;
    private final JsonMapper json;
    private final Clock clock;
    private final Path work;
    private final Duration patience;
    private final ExportPlaces places = new ExportPlaces();

    /**
     * @param pools exports stay out of the way of searches: they last
     * @param response stands for that of the request under way
     * @param patience with clients that take little of an export
     */
    ExportRoutes(
            ConnectionPools pools,
            HttpServletResponse response,
            JsonMapper json,
            Clock clock,
            WorkDirectory directory,
            @Value("${etm.patience-with-readers:2m}") Duration patience) {
        this.assets = new AssetSearch(pools.work());
        this.findings = new FindingSearch(pools.work());
        this.response = response;
        this.json = json;
        this.clock = clock;
        this.work = directory.path();
        this.patience = patience;
    }

    @Override
    public ResponseEntity<Void> exportAssets(
            String query, @Nullable String asOf, String format, @Nullable List<String> columns) {
        Condition condition = Queries.read(query, asOf, Subject.ASSET);
        List<ExportColumn<AssetRow>> chosen = columns(format, ExportColumn.OF_ASSETS, columns);
        return switch (format) {
            case CSV -> export("assets", new Csv<>(chosen), sink -> assets.stream(condition, sink));
            case JSON ->
                export("assets", new JsonLines<>(json, AssetRoutes::document), sink -> assets.stream(condition, sink));
            case OCSF_JSON_LINES ->
                export(
                        "ocsf-inventory-info",
                        new Foreign<>("jsonl", NDJSON, out -> OcsfExport.ofAssets(OcsfFormat.JSON_LINES, out)),
                        sink -> assets.streamIdentified(condition, sink));
            case OCSF_PARQUET ->
                export(
                        "ocsf-inventory-info",
                        new Foreign<>("parquet", PARQUET, out -> OcsfExport.ofAssets(OcsfFormat.PARQUET, out)),
                        sink -> assets.streamIdentified(condition, sink));
            case CYCLONEDX_VEX ->
                throw ApiProblem.badRequest(
                        "CycloneDX VEX is about findings",
                        "Export findings; a query for findings can speak of assets too, e.g. asset.name:web*.");
            default -> throw unknown(format);
        };
    }

    @Override
    public ResponseEntity<Void> exportFindings(
            String query, @Nullable String asOf, String format, @Nullable List<String> columns) {
        Condition condition = Queries.read(query, asOf, Subject.FINDING);
        List<ExportColumn<FindingRow>> chosen = columns(format, ExportColumn.OF_FINDINGS, columns);
        return switch (format) {
            case CSV -> export("findings", new Csv<>(chosen), sink -> findings.stream(condition, sink));
            case JSON ->
                export(
                        "findings",
                        new JsonLines<>(json, FindingRoutes::document),
                        sink -> findings.stream(condition, sink));
            case OCSF_JSON_LINES ->
                export(
                        "ocsf-vulnerability-findings",
                        new Foreign<>("jsonl", NDJSON, out -> OcsfExport.ofFindings(OcsfFormat.JSON_LINES, out)),
                        sink -> findings.streamIdentified(condition, sink));
            case OCSF_PARQUET ->
                export(
                        "ocsf-vulnerability-findings",
                        new Foreign<>("parquet", PARQUET, out -> OcsfExport.ofFindings(OcsfFormat.PARQUET, out)),
                        sink -> findings.streamIdentified(condition, sink));
            case CYCLONEDX_VEX ->
                export(
                        "findings-vex",
                        new Foreign<>(
                                "cdx.json",
                                "application/vnd.cyclonedx+json;version=1.6",
                                out -> new VexExport(out, work, clock.instant())),
                        sink -> findings.streamIdentified(condition, sink));
            default -> throw unknown(format);
        };
    }

    private static ApiProblem unknown(String format) {
        return ApiProblem.badRequest("There is no format \"" + format + "\"", "Ask for csv or json.");
    }

    /** How rows are written. */
    private interface Form<R> {
        String ending();

        String contentType();

        RowFile<R> open(OutputStream out) throws IOException;
    }

    private interface Reading<R> {
        StreamOutcome into(RowSink<R> sink) throws IOException;
    }

    private static <R> List<ExportColumn<R>> columns(
            String format, List<ExportColumn<R>> all, @Nullable List<String> names) {
        if (!format.equals(CSV) && names != null && !names.isEmpty()) {
            throw ApiProblem.badRequest(
                    "Columns can be chosen for CSV alone", "Leave columns out, or ask for format=csv.");
        }
        return ExportColumn.chosen(all, names);
    }

    private record Csv<R>(List<ExportColumn<R>> columns) implements Form<R> {

        @Override
        public String ending() {
            return "csv";
        }

        @Override
        public String contentType() {
            return "text/csv;charset=UTF-8;header=present";
        }

        @Override
        public RowFile<R> open(OutputStream out) throws IOException {
            CSVPrinter printer = new CSVPrinter(
                    new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER), CSVFormat.RFC4180);
            printer.printRecord(columns.stream().map(ExportColumn::name).toList());
            return new RowFile<>() {
                @Override
                public void row(R row) throws IOException {
                    printer.printRecord(columns.stream()
                            .map(column -> column.value().apply(row))
                            .toList());
                }

                @Override
                public void finish() throws IOException {
                    printer.flush();
                }
            };
        }
    }

    private record JsonLines<R>(JsonMapper json, Function<R, Object> document) implements Form<R> {

        @Override
        public String ending() {
            return "jsonl";
        }

        @Override
        public String contentType() {
            return NDJSON;
        }

        @Override
        public RowFile<R> open(OutputStream out) {
            return new RowFile<>() {
                @Override
                public void row(R row) throws IOException {
                    out.write(json.writeValueAsBytes(document.apply(row)));
                    out.write('\n');
                }

                @Override
                public void finish() {}
            };
        }
    }

    /** A form of other systems. */
    private record Foreign<R>(String ending, String contentType, Opening<R> opening) implements Form<R> {

        @Override
        public RowFile<R> open(OutputStream out) throws IOException {
            return opening.open(out);
        }
    }

    private interface Opening<R> {
        RowFile<R> open(OutputStream out) throws IOException;
    }

    /** The client does not take any more. */
    private static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGone(IOException cause) {
            super(cause);
        }
    }

    private <R> ResponseEntity<Void> export(String name, Form<R> form, Reading<R> reading) {
        try (ExportPlaces.Place _ = places.take();
                Sink<R> sink = new Sink<>(name, form)) {
            StreamOutcome outcome = reading.into(sink);
            switch (outcome) {
                case StreamOutcome.Streamed _ -> sink.end();
                case StreamOutcome.TimedOut(Duration limit, long _) -> throw Queries.timeout(limit);
                case StreamOutcome.Refused(String message) -> throw Queries.refused(message);
            }
            return ResponseEntity.ok().build();
        } catch (ClientGone gone) {
            LOG.debug("An export ended early: its client is gone", gone);
            return ResponseEntity.ok().build();
        } catch (IOException failure) {
            throw new IllegalStateException("The rows of an export could not be written", failure);
        } catch (RuntimeException failure) {
            if (!response.isCommitted()) {
                // nobody has seen the beginning of the file yet
                response.reset();
            }
            throw failure;
        }
    }

    private final class Sink<R> implements RowSink<R>, AutoCloseable {

        private final String name;
        private final Form<R> form;
        private OutputStream out = OutputStream.nullOutputStream();
        private @Nullable RowFile<R> file;

        Sink(String name, Form<R> form) {
            this.name = name;
            this.form = form;
        }

        @Override
        public void begin(Optional<Instant> asOf) throws IOException {
            response.setContentType(form.contentType());
            response.setHeader(
                    HttpHeaders.CONTENT_DISPOSITION,
                    ContentDisposition.attachment()
                            .filename(name + (asOf.isPresent() ? "-as-of-" : "-")
                                    + IN_NAME.format(asOf.orElseGet(clock::instant)) + "." + form.ending())
                            .build()
                            .toString());
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            writing(() -> {
                out = new BufferedOutputStream(new PacedOutput(response.getOutputStream(), patience), BUFFER);
                file = form.open(out);
            });
        }

        private RowFile<R> file() {
            return Objects.requireNonNull(file, "An export was not begun");
        }

        @Override
        public void row(R row) throws IOException {
            writing(() -> file().row(row));
        }

        void end() throws IOException {
            writing(() -> {
                file().finish();
                out.flush();
            });
        }

        @Override
        public void close() throws IOException {
            if (file != null) {
                file.close();
            }
        }

        private void writing(Writing step) throws IOException {
            try {
                step.run();
            } catch (IOException gone) {
                throw new ClientGone(gone);
            }
        }
    }

    private interface Writing {
        void run() throws IOException;
    }
}

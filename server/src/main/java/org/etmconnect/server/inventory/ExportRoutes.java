// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.query.RowSink;
import org.etmconnect.query.StreamOutcome;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ExportsApi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    /** Each holds a connection to the database for as long as its client reads. */
    private static final int AT_ONCE = 4;

    private static final int BUFFER = 1 << 16;
    private static final DateTimeFormatter IN_NAME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final AssetSearch assets;
    private final FindingSearch findings;
    private final HttpServletResponse response;
    private final JsonMapper json;
    private final Clock clock;
    private final Semaphore places = new Semaphore(AT_ONCE);

    /** @param response stands for that of the request under way */
    ExportRoutes(
            AssetSearch assets, FindingSearch findings, HttpServletResponse response, JsonMapper json, Clock clock) {
        this.assets = assets;
        this.findings = findings;
        this.response = response;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public ResponseEntity<Void> exportAssets(
            String query, @Nullable String asOf, String format, @Nullable List<String> columns) {
        Condition condition = Queries.read(query, asOf, Subject.ASSET);
        return export(
                "assets",
                form(format, ExportColumn.OF_ASSETS, columns, AssetRoutes::document),
                sink -> assets.stream(condition, sink));
    }

    @Override
    public ResponseEntity<Void> exportFindings(
            String query, @Nullable String asOf, String format, @Nullable List<String> columns) {
        Condition condition = Queries.read(query, asOf, Subject.FINDING);
        return export(
                "findings",
                form(format, ExportColumn.OF_FINDINGS, columns, FindingRoutes::document),
                sink -> findings.stream(condition, sink));
    }

    /** How a row is written. */
    private interface Form<R> {
        String ending();

        String contentType();

        void begin(Writer out) throws IOException;

        void row(Writer out, R row) throws IOException;
    }

    private interface Reading<R> {
        StreamOutcome into(RowSink<R> sink) throws IOException;
    }

    private <R> Form<R> form(
            String format, List<ExportColumn<R>> all, @Nullable List<String> names, Function<R, Object> document) {
        List<ExportColumn<R>> columns = ExportColumn.chosen(all, names);
        if (format.equals("csv")) {
            return new Csv<>(columns);
        }
        if (names != null && !names.isEmpty()) {
            throw ApiProblem.badRequest(
                    "Columns can be chosen for CSV alone", "Leave columns out, or ask for format=csv.");
        }
        return new JsonLines<>(json, document);
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
        public void begin(Writer out) throws IOException {
            print(out, columns.stream().map(ExportColumn::name).toList());
        }

        @Override
        public void row(Writer out, R row) throws IOException {
            print(out, columns.stream().map(column -> column.value().apply(row)).toList());
        }

        @SuppressWarnings("resource") // closing the printer would close the file
        private static void print(Writer out, List<String> cells) throws IOException {
            new CSVPrinter(out, CSVFormat.RFC4180).printRecord(cells);
        }
    }

    private record JsonLines<R>(JsonMapper json, Function<R, Object> document) implements Form<R> {

        @Override
        public String ending() {
            return "jsonl";
        }

        @Override
        public String contentType() {
            return "application/x-ndjson";
        }

        @Override
        public void begin(Writer out) {}

        @Override
        public void row(Writer out, R row) throws IOException {
            out.write(json.writeValueAsString(document.apply(row)));
            out.write('\n');
        }
    }

    /** The client does not take any more. */
    private static final class ClientGone extends IOException {
        private static final long serialVersionUID = 1L;

        ClientGone(IOException cause) {
            super(cause);
        }
    }

    private <R> ResponseEntity<Void> export(String name, Form<R> form, Reading<R> reading) {
        if (!places.tryAcquire()) {
            throw ApiProblem.tooManyRequests(
                    "There are " + AT_ONCE + " exports under way",
                    "Try again when one of them is done.",
                    Duration.ofSeconds(30));
        }
        try {
            Sink<R> sink = new Sink<>(name, form);
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
        } finally {
            places.release();
        }
    }

    private final class Sink<R> implements RowSink<R> {

        private final String name;
        private final Form<R> form;
        private Writer out = Writer.nullWriter();

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
                out = new BufferedWriter(
                        new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8), BUFFER);
                form.begin(out);
            });
        }

        @Override
        public void row(R row) throws IOException {
            writing(() -> form.row(out, row));
        }

        void end() throws IOException {
            writing(out::flush);
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

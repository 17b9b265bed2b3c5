// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.ProblemDto;
import org.etmconnect.server.rest.model.QueryPlaceDto;
import org.springframework.http.HttpStatus;

/** Ends a request with a problem document. */
public final class ApiProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Of more, who reads the answer corrects none sooner. */
    private static final int MOST_FIELDS = 100;

    private final HttpStatus status;
    private final transient ProblemDto document;
    private transient Optional<Duration> retryAfter = Optional.empty();

    private ApiProblem(HttpStatus status, ProblemDto document) {
        super(document.getTitle() + ": " + document.getDetail());
        this.status = status;
        this.document = document;
    }

    /** There is no such thing. {@code what} is like {@code connection 7}, {@code next} what to do. */
    public static ApiProblem notFound(String what, String next) {
        return of(HttpStatus.NOT_FOUND, "not-found", "There is no " + what, next);
    }

    /** The thing's state does not allow what was asked. */
    public static ApiProblem conflict(String title, String detail) {
        return of(HttpStatus.CONFLICT, "conflict", title, detail);
    }

    /** The thing was changed since it was seen. */
    public static ApiProblem changedMeanwhile(String title, String detail) {
        return of(HttpStatus.PRECONDITION_FAILED, "changed-meanwhile", title, detail);
    }

    /** A parameter has a value that cannot be used. */
    public static ApiProblem badRequest(String title, String detail) {
        return of(HttpStatus.BAD_REQUEST, "bad-request", title, detail);
    }

    /** Values that cannot be used, field by field. */
    public static ApiProblem unusable(String title, List<FieldProblemDto> fields) {
        List<FieldProblemDto> told = fields.subList(0, Math.min(fields.size(), MOST_FIELDS));
        String more = told.size() == fields.size() ? "" : " and " + (fields.size() - told.size()) + " more";
        String detail = fields.size() == 1
                ? fields.getFirst().getMessage()
                : "Correct these fields: "
                        + String.join(
                                ", ",
                                told.stream().map(FieldProblemDto::getField).toList()) + more + ".";
        ApiProblem problem = of(HttpStatus.UNPROCESSABLE_CONTENT, "unusable-values", title, detail);
        problem.document.setFields(told);
        return problem;
    }

    /** A query that cannot be read, with the place. */
    public static ApiProblem query(String detail, QueryPlaceDto place) {
        ApiProblem problem = of(HttpStatus.BAD_REQUEST, "query", "The query cannot be read", detail);
        problem.document.setQuery(place);
        return problem;
    }

    /** Something that the server needs is not there just now. */
    public static ApiProblem unavailable(String title, String detail, Throwable cause) {
        ApiProblem problem = of(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", title, detail);
        problem.initCause(cause);
        return problem;
    }

    /** The database has no time for this just now. */
    static ApiProblem busy(Duration retryAfter) {
        ApiProblem problem = of(
                HttpStatus.SERVICE_UNAVAILABLE,
                "unavailable",
                "The database is busy or away",
                "No connection to it became free in time. Try again; GET /health/ready tells whether it can be reached.");
        problem.retryAfter = Optional.of(retryAfter);
        return problem;
    }

    /** The caller may not do this. */
    public static ApiProblem forbidden(String title, String detail) {
        return of(HttpStatus.FORBIDDEN, "forbidden", title, detail);
    }

    /** Who signs in is not known, or gave another password. */
    public static ApiProblem unauthorized(String title, String detail) {
        return of(HttpStatus.UNAUTHORIZED, "unauthorized", title, detail);
    }

    /** It was tried too often; {@code retryAfter} is told to the caller in whole seconds. */
    public static ApiProblem tooManyRequests(String title, String detail, Duration retryAfter) {
        ApiProblem problem = of(HttpStatus.TOO_MANY_REQUESTS, "too-many-requests", title, detail);
        problem.retryAfter = Optional.of(retryAfter);
        return problem;
    }

    /** It took too long. */
    public static ApiProblem timeout(String title, String detail) {
        return of(HttpStatus.GATEWAY_TIMEOUT, "timeout", title, detail);
    }

    static ApiProblem of(HttpStatus status, String kind, String title, String detail) {
        return new ApiProblem(status, document(status, kind, title, detail));
    }

    static ProblemDto document(HttpStatus status, String kind, String title, String detail) {
        return new ProblemDto("urn:etm-connect:problem:" + kind, title, status.value(), detail).fields(null);
    }

    /** What is wrong, field by field; the whole problem under the field {@code ""} if it names none. */
    public List<FieldProblemDto> fields() {
        List<FieldProblemDto> fields = document.getFields();
        return fields == null || fields.isEmpty()
                ? List.of(new FieldProblemDto("", document.getTitle() + ". " + document.getDetail()))
                : List.copyOf(fields);
    }

    HttpStatus status() {
        return status;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    Optional<ProblemDto> document() {
        return Optional.ofNullable(document);
    }
}

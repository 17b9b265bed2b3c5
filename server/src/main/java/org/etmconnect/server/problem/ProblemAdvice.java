// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.query.InventoryReadException;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.ProblemDto;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;

/** Turns everything that can go wrong in a request into a problem document that says what to do. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    /** What PostgreSQL says of U+0000 in a text and in JSON. */
    private static final Set<String> NO_TEXT = Set.of("22021", "22P05");

    private final Refusals refusals;

    ProblemAdvice(Refusals refusals) {
        this.refusals = refusals;
    }

    /** The audit log has what changes were refused; of reads nothing else is kept. */
    private void refusedValues(WebRequest request) {
        if (request instanceof ServletWebRequest web
                && "GET".equals(web.getRequest().getMethod())) {
            refusals.add("values that no read takes", web.getRequest().getRemoteAddr());
        }
    }

    @ExceptionHandler
    ResponseEntity<ProblemDto> said(ApiProblem problem, HttpServletResponse response) {
        if (response.isCommitted()) {
            // half of an answer is out: the connection is closed, so that it is not taken for the whole
            throw problem;
        }
        return said(problem);
    }

    private ResponseEntity<ProblemDto> said(ApiProblem problem) {
        ResponseEntity<ProblemDto> answer = answer(
                problem.status(),
                problem.document()
                        .orElseThrow(() -> new IllegalStateException("A problem was serialised on its way", problem)));
        return problem.retryAfter()
                .map(wait -> ResponseEntity.status(answer.getStatusCode())
                        .headers(answer.getHeaders())
                        .header(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.toSeconds())))
                        .body(answer.getBody()))
                .orElse(answer);
    }

    @ExceptionHandler({DatabaseException.class, InventoryReadException.class})
    ResponseEntity<ProblemDto> database(RuntimeException failure, HttpServletResponse response) throws Exception {
        if (!response.isCommitted()
                && failure.getCause() instanceof SQLException sql
                && NO_TEXT.contains(String.valueOf(sql.getSQLState()))) {
            return said(ApiProblem.badRequest(
                    "A text holds the character U+0000",
                    "No text that is stored or searched can hold it: leave it out."));
        }
        if (response.isCommitted() || !(failure.getCause() instanceof SQLTransientConnectionException)) {
            return fault(failure, response);
        }
        LOG.warn("A request waited for a connection to the database in vain", failure);
        return said(ApiProblem.busy(Duration.ofSeconds(5)));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDto> fault(Exception fault, HttpServletResponse response) throws Exception {
        if (response.isCommitted()) {
            throw fault;
        }
        String reference = UUID.randomUUID().toString().substring(0, 8);
        LOG.error("A request failed, reference {}", reference, fault);
        return answer(
                HttpStatus.INTERNAL_SERVER_ERROR,
                ApiProblem.document(
                        HttpStatus.INTERNAL_SERVER_ERROR,
                        "internal",
                        "The server failed at this request",
                        "It is not your request's fault. The server's log (logs/server.log in its data directory) says"
                                + " more under the reference " + reference + "."));
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<FieldProblemDto> fields = invalid.getBindingResult().getAllErrors().stream()
                .map(error -> new FieldProblemDto(
                        error instanceof FieldError field ? field.getField() : error.getObjectName(),
                        sentence(error.getDefaultMessage())))
                .toList();
        return widened(said(ApiProblem.unusable("Some values cannot be used", fields)));
    }

    @Override
    protected ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException invalid, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        refusedValues(request);
        List<FieldProblemDto> fields = new ArrayList<>();
        for (ParameterValidationResult parameter : invalid.getParameterValidationResults()) {
            String name = parameter.getMethodParameter().getParameterName();
            for (MessageSourceResolvable error : parameter.getResolvableErrors()) {
                fields.add(new FieldProblemDto(
                        error instanceof FieldError field ? field.getField() : String.valueOf(name),
                        sentence(error.getDefaultMessage())));
            }
        }
        return widened(said(ApiProblem.unusable("Some values cannot be used", fields)));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        if (unreadable.getMostSpecificCause() instanceof BodyTooLong tooLong) {
            return widened(answer(
                    HttpStatus.CONTENT_TOO_LARGE,
                    ApiProblem.document(
                            HttpStatus.CONTENT_TOO_LARGE, "too-large", "The body is too long", tooLong.detail())));
        }
        if (unreadable.getMostSpecificCause() instanceof BodyTooSlow tooSlow) {
            // what is still on its way is not read to find the next request behind it
            ResponseEntity<ProblemDto> answer = answer(
                    HttpStatus.REQUEST_TIMEOUT,
                    ApiProblem.document(
                            HttpStatus.REQUEST_TIMEOUT,
                            "too-slow",
                            "The body comes too slowly",
                            String.valueOf(tooSlow.getMessage())));
            return ResponseEntity.status(answer.getStatusCode())
                    .headers(answer.getHeaders())
                    .header(HttpHeaders.CONNECTION, "close")
                    .body(answer.getBody());
        }
        String detail = "Send a JSON document as /openapi.yaml describes it.";
        if (unreadable.getCause() instanceof JacksonException json) {
            String path = json instanceof DatabindException databind ? path(databind) : "";
            // what is too long or too deep has no place
            String place = Optional.ofNullable(json.getLocation())
                    .map(at -> "At line %d, column %d%s: "
                            .formatted(at.getLineNr(), at.getColumnNr(), path.isEmpty() ? "" : " (" + path + ")"))
                    .orElse("");
            detail = place + json.getOriginalMessage() + ". " + detail;
        }
        return widened(said(ApiProblem.badRequest("The body cannot be read", detail)));
    }

    private static String path(DatabindException failure) {
        return String.join(
                ".",
                failure.getPath().stream()
                        .map(step ->
                                step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                        .toList());
    }

    @Override
    protected ResponseEntity<Object> handleTypeMismatch(
            org.springframework.beans.TypeMismatchException mismatch,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        refusedValues(request);
        String name = mismatch instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(mismatch.getPropertyName());
        return widened(said(ApiProblem.badRequest(
                "The value of " + name + " cannot be read",
                "It was \"" + mismatch.getValue() + "\"; /openapi.yaml says what is expected.")));
    }

    @Override
    protected ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException missing, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return widened(said(ApiProblem.notFound(
                "route " + missing.getHttpMethod() + " /" + missing.getResourcePath(),
                "/openapi.yaml lists the routes.")));
    }

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(
            Exception failure,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode statusCode,
            WebRequest request) {
        HttpStatus status = HttpStatus.valueOf(statusCode.value());
        String detail =
                failure instanceof ErrorResponse known && known.getBody().getDetail() != null
                        ? known.getBody().getDetail()
                        : status.getReasonPhrase();
        ProblemDto document = ApiProblem.document(
                status, "request", status.getReasonPhrase(), detail + " /openapi.yaml says what is expected.");
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(document);
    }

    private static ResponseEntity<ProblemDto> answer(HttpStatus status, ProblemDto document) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(document);
    }

    private static ResponseEntity<Object> widened(ResponseEntity<ProblemDto> answer) {
        return ResponseEntity.status(answer.getStatusCode())
                .headers(answer.getHeaders())
                .body(answer.getBody());
    }

    private static String sentence(@Nullable String message) {
        if (message == null || message.isBlank()) {
            return "This value cannot be used.";
        }
        return Character.toUpperCase(message.charAt(0)) + message.substring(1) + (message.endsWith(".") ? "" : ".");
    }
}

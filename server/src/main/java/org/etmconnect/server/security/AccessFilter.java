// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.server.problem.ProblemWriter;
import org.etmconnect.server.security.Operation.Access;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets through whom the API's description lets. What it does not describe is not there. */
final class AccessFilter extends OncePerRequestFilter {

    /** What may be done with a password that somebody else made. */
    private static final Set<String> BEFORE_CHANGE = Set.of("getMe", "changeMyPassword", "signOut");

    private final Operations operations;
    private final ProblemWriter problems;
    private final boolean openMetrics;

    AccessFilter(Operations operations, ProblemWriter problems, boolean openMetrics) {
        this.operations = operations;
        this.problems = problems;
        this.openMetrics = openMetrics;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        Optional<Operation> operation = operations.find(request.getMethod(), path);
        Optional<Caller> caller = Caller.current();
        if (operation.isEmpty()) {
            undescribed(request, response, chain, caller);
        } else if (operation.get().access() == Access.OPEN || (openMetrics && path.equals("/metrics"))) {
            chain.doFilter(request, response);
        } else if (caller.isEmpty()) {
            unauthorized(response);
        } else if (caller.get().mustChangePassword()
                && !BEFORE_CHANGE.contains(operation.get().id())) {
            problems.write(
                    response,
                    HttpStatus.FORBIDDEN,
                    "password-change",
                    "Choose a password of your own first",
                    "Yours was made by somebody else. Change it with PUT /api/v1/me/password; then everything else"
                            + " works.");
        } else if (!operation.get().access().allows(caller.get().role())) {
            problems.write(
                    response,
                    HttpStatus.FORBIDDEN,
                    "forbidden",
                    "Your role does not allow this",
                    "It needs a Manager; " + caller.get().name()
                            + " is a Viewer. Ask a Manager to do it, or to change the role.");
        } else {
            Optional<String> repeated = repeated(request, operation.get());
            if (repeated.isPresent()) {
                problems.write(
                        response,
                        HttpStatus.BAD_REQUEST,
                        "bad-request",
                        "The parameter " + repeated.get() + " stands there more than once",
                        "Send it once; which one is meant, nobody can know.");
            } else {
                chain.doFilter(request, response);
            }
        }
    }

    /** One value would be taken, or all joined, depending on who reads them: a filter in between may have looked at another. */
    private static Optional<String> repeated(HttpServletRequest request, Operation operation) {
        return request.getParameterMap().entrySet().stream()
                .filter(parameter -> parameter.getValue().length > 1)
                .map(Map.Entry::getKey)
                .filter(name -> !operation.lists().contains(name))
                .findFirst();
    }

    private void undescribed(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, Optional<Caller> caller)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        Set<String> methods = operations.methods(path);
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        if (methods.isEmpty() && reads && !path.equals("/api") && !path.startsWith("/api/")) {
            // The console's files, which hold nothing but the program.
            chain.doFilter(request, response);
        } else if (caller.isEmpty()) {
            unauthorized(response);
        } else if (methods.isEmpty()) {
            problems.write(
                    response,
                    HttpStatus.NOT_FOUND,
                    "not-found",
                    "There is no route " + request.getMethod() + " " + path,
                    "/openapi.yaml lists the routes.");
        } else {
            response.setHeader(HttpHeaders.ALLOW, String.join(", ", methods));
            problems.write(
                    response,
                    HttpStatus.METHOD_NOT_ALLOWED,
                    "request",
                    "There is no route " + request.getMethod() + " " + path,
                    "This path answers " + String.join(", ", methods) + ". /openapi.yaml lists the routes.");
        }
    }

    private void unauthorized(HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        problems.write(
                response,
                HttpStatus.UNAUTHORIZED,
                "unauthorized",
                "Nobody is signed in",
                "Sign in with POST /api/v1/session, or send \"Authorization: Bearer\" with a token that is still"
                        + " valid: one of POST /api/v1/tokens, or the one in the file api-token in the server's data"
                        + " directory.");
    }
}

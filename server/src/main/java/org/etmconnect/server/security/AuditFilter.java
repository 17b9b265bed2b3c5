// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.etmconnect.inventory.people.AuditEntry;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;
import tools.jackson.databind.JsonNode;

/**
 * Logs each call of an operation that the API's description calls audited, with the object as it was and as it is; of the
 * others, those that the caller's role does not allow.
 */
final class AuditFilter extends OncePerRequestFilter {

    private static final String ROOT = "/api/v1/";

    private final Operations operations;
    private final States states;
    private final AuditTrail trail;

    AuditFilter(Operations operations, States states, AuditTrail trail) {
        this.operations = operations;
        this.states = states;
        this.trail = trail;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        Optional<Operation> operation = operations.find(request.getMethod(), path);
        Optional<Caller> caller = Caller.current();
        if (operation.isEmpty() || caller.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        if (!operation.get().audited()) {
            chain.doFilter(request, response);
            if (!operation.get().access().allows(caller.get().role())) {
                trail.add(AuditEntry.Action.of(
                        caller.get().name(),
                        request.getRemoteAddr(),
                        operation.get().id(),
                        object(path),
                        response.getStatus()));
            }
            return;
        }
        boolean allowed = operation.get().access().allows(caller.get().role())
                && !caller.get().mustChangePassword();
        Optional<String> place = states.placeOf(operation.get(), path);
        Optional<JsonNode> before = allowed ? place.flatMap(states::read) : Optional.empty();
        ContentCachingRequestWrapper body = new ContentCachingRequestWrapper(request, Masking.MOST + 1);
        int status = HttpStatus.INTERNAL_SERVER_ERROR.value();
        try {
            chain.doFilter(body, response);
            status = response.getStatus();
        } finally {
            boolean done = status < HttpStatus.BAD_REQUEST.value();
            Optional<String> now = place.or(() -> done ? created(response) : Optional.empty());
            Optional<JsonNode> after = done ? now.flatMap(states::read) : Optional.empty();
            boolean changed = done && !before.equals(after);
            trail.add(new AuditEntry.Action(
                    caller.get().name(),
                    request.getRemoteAddr(),
                    operation.get().id(),
                    object(now.orElse(path)),
                    status,
                    Masking.body(request.getContentType(), body.getContentAsByteArray()),
                    changed ? before.map(Masking::state) : Optional.empty(),
                    changed ? after.map(Masking::state) : Optional.empty()));
        }
    }

    private static Optional<String> created(HttpServletResponse response) {
        return Optional.ofNullable(response.getHeader(HttpHeaders.LOCATION))
                .map(location -> URI.create(location).getPath());
    }

    private static String object(String path) {
        return path.startsWith(ROOT) ? path.substring(ROOT.length()) : path;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.etmconnect.server.problem.ProblemWriter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses calls beyond what one token, one session, or one address without either may make, before anything is looked up in
 * the database. An address with too many calls by nobody gets in only with what let somebody in before.
 */
final class CallLimitFilter extends OncePerRequestFilter {

    /** Of one caller: so many slow ones it can hold, and none of them a thread of the machine. */
    static final int MOST_AT_ONCE = 100;

    /** Other paths are files of the console, which cost little and come many at once. */
    private static final List<String> CALLS = List.of("/api/", "/health/", "/metrics", "/oauth2/", "/login/");

    /** Strangers have little to ask: to sign in, and whether the server is there. */
    private static final int PART_OF_STRANGERS = 10;

    private static final int MOST_KNOWN = 10_000;

    private final int perSecond;
    private final SessionCookie sessions;
    private final ProblemWriter problems;
    private final RefusedCallers refused;
    private final CallRate ofCallers;
    private final CallRate ofStrangers;
    private final Map<String, Integer> underWay = new ConcurrentHashMap<>();
    /** What let somebody in, by hash. It lets nobody in here: it is only looked up in the database once more. */
    private final Map<String, Boolean> letIn = new ConcurrentHashMap<>();

    /**
     * @param perSecond calls of one token or session, at least 1; of an address without, a tenth of it
     * @param nanos a clock that never goes back, in nanoseconds
     */
    CallLimitFilter(
            int perSecond, SessionCookie sessions, ProblemWriter problems, RefusedCallers refused, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.sessions = sessions;
        this.problems = problems;
        this.refused = refused;
        this.ofCallers = new CallRate(perSecond, nanos);
        this.ofStrangers = new CallRate(Math.max(1, perSecond / PART_OF_STRANGERS), nanos);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return CALLS.stream().noneMatch(request.getRequestURI()::startsWith);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String origin = Origin.of(request.getRemoteAddr());
        Optional<String> credentials = credentials(request);
        boolean stranger = credentials.filter(letIn::containsKey).isEmpty();
        Optional<Duration> wait =
                credentials.flatMap(ofCallers::take).or(() -> stranger ? ofStrangers.look(origin) : Optional.empty());
        if (wait.isPresent()) {
            refuse(
                    request,
                    response,
                    "Too many calls in a short time",
                    "One token or session may make " + perSecond
                            + " calls a second, an address without either a tenth of it."
                            + " Wait as long as the header Retry-After says.",
                    wait.get());
            return;
        }
        String caller = credentials.orElse(origin);
        if (underWay.merge(caller, 1, Integer::sum) > MOST_AT_ONCE) {
            leave(caller);
            refuse(
                    request,
                    response,
                    "Too many calls at the same time",
                    MOST_AT_ONCE
                            + " calls of this caller are being answered. Make the next when one of them has ended.",
                    Duration.ofSeconds(1));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            leave(caller);
            remember(credentials, origin);
        }
    }

    private void leave(String caller) {
        underWay.computeIfPresent(caller, (_, count) -> count == 1 ? null : count - 1);
    }

    private void remember(Optional<String> credentials, String origin) {
        if (Caller.current().isEmpty()) {
            credentials.ifPresent(letIn::remove);
            ofStrangers.take(origin);
        } else if (credentials.isPresent()) {
            if (letIn.size() >= MOST_KNOWN) {
                letIn.clear();
            }
            letIn.put(credentials.get(), true);
        }
    }

    /** A hash of what the request brings to be let in; a token is not kept, even here. */
    private Optional<String> credentials(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
                .or(() -> sessions.readCookieValues(request).stream().findFirst())
                .map(text -> HexFormat.of().formatHex(ApiToken.hash(text)));
    }

    private void refuse(
            HttpServletRequest request, HttpServletResponse response, String title, String detail, Duration wait)
            throws IOException {
        refused.add("calls beyond the limit", request.getRemoteAddr());
        // whole seconds, and none too few
        response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(wait.toSeconds() + 1));
        if (request.getContentLengthLong() > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null) {
            // what is on its way is not read to find the next request behind it
            response.setHeader(HttpHeaders.CONNECTION, "close");
        }
        problems.write(response, HttpStatus.TOO_MANY_REQUESTS, "too-many-requests", title, detail);
    }
}

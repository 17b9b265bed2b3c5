// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.inventory.people.AccessToken;
import org.etmconnect.inventory.people.PeopleStore;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Finds out who calls, by token or session. Who is not known goes on as nobody. */
final class CallerFilter extends OncePerRequestFilter {

    private static final String SCHEME = "bearer ";

    private final ApiToken own;
    private final PeopleStore people;
    private final Sessions sessions;
    private final RefusedCallers refused;

    CallerFilter(ApiToken own, PeopleStore people, Sessions sessions, RefusedCallers refused) {
        this.own = own;
        this.people = people;
        this.sessions = sessions;
        this.refused = refused;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Caller> caller = caller(request);
        caller.ifPresent(Caller::enter);
        if (caller.isEmpty() && bringsCredentials(request)) {
            refused.add("a token that is not valid", request.getRemoteAddr());
        }
        chain.doFilter(request, response);
    }

    /** A request with credentials of its own is never taken for the browser's user: it needs no CSRF token. */
    static boolean bringsCredentials(HttpServletRequest request) {
        return request.getHeader(HttpHeaders.AUTHORIZATION) != null;
    }

    private Optional<Caller> caller(HttpServletRequest request) {
        if (!bringsCredentials(request)) {
            return sessions.person(request).map(Caller::of);
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        String token = header.substring(SCHEME.length()).strip();
        if (own.matches(token)) {
            return Optional.of(Caller.local());
        }
        if (!token.startsWith(ApiToken.PREFIX)) {
            return Optional.empty();
        }
        return people.useToken(ApiToken.hash(token)).flatMap(this::caller);
    }

    private Optional<Caller> caller(AccessToken token) {
        return token.effectiveRole().map(role -> Caller.of(token, role, people.owner(token.id())));
    }
}

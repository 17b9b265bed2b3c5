// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Says of the console's files which charset they are in; whoever serves them does not know. */
@Component
final class TextsInUtf8 extends OncePerRequestFilter {

    private static final Set<String> TEXTS = Set.of("text/html", "text/css", "text/javascript");

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().startsWith("/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, new HttpServletResponseWrapper(response) {
            @Override
            public void setContentType(@Nullable String type) {
                super.setContentType(type != null && TEXTS.contains(type) ? type + ";charset=UTF-8" : type);
            }
        });
    }
}

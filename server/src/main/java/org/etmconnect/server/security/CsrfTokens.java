// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.csrf.DefaultCsrfToken;

/**
 * CSRF tokens of 256 random bits, in a cookie that the console's scripts read. Behind TLS its name begins so that
 * browsers take it from this host alone. Safe for use by several threads.
 */
final class CsrfTokens implements CsrfTokenRepository {

    private static final String COOKIE = "XSRF-TOKEN";
    private static final int BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final CookieCsrfTokenRepository plain = repository(COOKIE);
    private final CookieCsrfTokenRepository secure = repository(SessionCookie.OF_THIS_HOST + COOKIE);

    private static CookieCsrfTokenRepository repository(String name) {
        CookieCsrfTokenRepository tokens = CookieCsrfTokenRepository.withHttpOnlyFalse();
        tokens.setCookieName(name);
        tokens.setCookieCustomizer(cookie -> cookie.sameSite("Strict").path("/"));
        return tokens;
    }

    private CookieCsrfTokenRepository of(HttpServletRequest request) {
        return request.isSecure() ? secure : plain;
    }

    @Override
    public CsrfToken generateToken(HttpServletRequest request) {
        byte[] token = new byte[BYTES];
        random.nextBytes(token);
        CsrfToken named = of(request).generateToken(request);
        return new DefaultCsrfToken(
                named.getHeaderName(),
                named.getParameterName(),
                Base64.getUrlEncoder().withoutPadding().encodeToString(token));
    }

    @Override
    public void saveToken(@Nullable CsrfToken token, HttpServletRequest request, HttpServletResponse response) {
        of(request).saveToken(token, request, response);
    }

    @Override
    public @Nullable CsrfToken loadToken(HttpServletRequest request) {
        return of(request).loadToken(request);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.stereotype.Component;

/**
 * The cookie of a session. Behind TLS its name begins so that browsers take it from this host alone, by TLS alone; without
 * TLS, as on loopback, browsers take no such name. Safe for use by several threads.
 */
@Component
final class SessionCookie implements CookieSerializer {

    /** Browsers take a cookie whose name begins so only if it is Secure, for all paths, and without a domain. */
    static final String OF_THIS_HOST = "__Host-";

    private static final String NAME = "etm-session";

    private final CookieSerializer plain = serializer(NAME);
    private final CookieSerializer secure = serializer(OF_THIS_HOST + NAME);

    private static CookieSerializer serializer(String name) {
        DefaultCookieSerializer cookies = new DefaultCookieSerializer();
        cookies.setCookieName(name);
        cookies.setCookiePath("/");
        cookies.setUseHttpOnlyCookie(true);
        // Not strict: the way back from an OpenID provider would lose it.
        cookies.setSameSite("Lax");
        return cookies;
    }

    private CookieSerializer of(HttpServletRequest request) {
        return request.isSecure() ? secure : plain;
    }

    @Override
    public void writeCookieValue(CookieValue value) {
        of(value.getRequest()).writeCookieValue(value);
    }

    @Override
    public List<String> readCookieValues(HttpServletRequest request) {
        return of(request).readCookieValues(request);
    }
}

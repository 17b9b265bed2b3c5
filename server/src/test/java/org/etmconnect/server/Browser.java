// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A browser's side of a session: keeps cookies, and sends the CSRF cookie back as the console does. */
final class Browser {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final URI server;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private boolean csrf = true;

    Browser(URI server) {
        this.server = server;
    }

    static Browser signedIn(URI server, String name, String password) {
        Browser browser = new Browser(server);
        HttpResponse<String> answer = browser.signIn(name, password);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("Sign-in of " + name + ": " + answer.body());
        }
        return browser;
    }

    HttpResponse<String> signIn(String name, String password) {
        return send(
                "POST",
                "/api/v1/session",
                Optional.of("{\"name\": \"%s\", \"password\": \"%s\"}".formatted(name, password)),
                Map.of());
    }

    Browser withoutCsrfHeader() {
        csrf = false;
        return this;
    }

    Map<String, String> cookies() {
        return cookies;
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, Optional.empty(), Map.of());
    }

    HttpResponse<String> send(String method, String path, String body) {
        return send(method, path, Optional.of(body), Map.of());
    }

    HttpResponse<String> send(String method, String path, Optional<String> body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
        headers.forEach(request::header);
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(each -> each.getKey() + "=" + each.getValue())
                            .collect(Collectors.joining("; ")));
        }
        Stream.of("__Host-XSRF-TOKEN", "XSRF-TOKEN")
                .filter(name -> csrf && cookies.containsKey(name))
                .findFirst()
                .ifPresent(name -> request.header("X-XSRF-TOKEN", cookies.get(name)));
        body.ifPresent(_ -> request.header("Content-Type", "application/json"));
        request.method(
                method, body.map(HttpRequest.BodyPublishers::ofString).orElseGet(HttpRequest.BodyPublishers::noBody));
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            answer.headers().allValues("Set-Cookie").stream()
                    .flatMap(each -> HttpCookie.parse(each).stream())
                    .forEach(cookie -> {
                        if (cookie.getMaxAge() == 0) {
                            cookies.remove(cookie.getName());
                        } else {
                            cookies.put(cookie.getName(), cookie.getValue());
                        }
                    });
            return answer;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** What Tomcat refuses before any of our code sees it is answered with a problem document, not with Tomcat's page. */
@Configuration(proxyBeanMethods = false)
class MalformedRequests {

    /** The answer is text for programs; a browser has nothing to load for it. */
    private static final String CONTENT =
            "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Adds what other answers get from Spring Security, which did not let this request in. */
    static void beStrict(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Content-Security-Policy", CONTENT);
    }

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemsInsteadOfPages(
            JsonMapper json, Refusals refusals) {
        return factory -> factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new Valve(json, refusals)));
    }

    private static final class Valve extends ErrorReportValve {

        private final JsonMapper json;
        private final Refusals refusals;

        Valve(JsonMapper json, Refusals refusals) {
            this.json = json;
            this.refusals = refusals;
        }

        @Override
        protected void report(Request request, Response response, @Nullable Throwable fault) {
            HttpStatus status = HttpStatus.resolve(response.getStatus());
            if (status == null
                    || !status.isError()
                    || response.getContentWritten() > 0
                    || !response.setErrorReported()) {
                return;
            }
            refusals.add("a request that cannot be read", String.valueOf(request.getRemoteAddr()));
            try {
                beStrict(response);
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                response.getOutputStream()
                        .write(json.writeValueAsBytes(ApiProblem.document(
                                status,
                                "request",
                                status.getReasonPhrase(),
                                "The request was refused before it was read. Percent-encode what a URL may not hold, and send at most 64 kB of URL and headers;"
                                        + " /openapi.yaml says what is expected.")));
                response.finishResponse();
            } catch (IOException gone) {
                // Whoever asked is no longer there.
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers what failed before it reached a controller. */
@RestController
class ErrorRoute implements ErrorController {

    private final ProblemWriter problems;
    private final Refusals refusals;

    ErrorRoute(ProblemWriter problems, Refusals refusals) {
        this.problems = problems;
        this.refusals = refusals;
    }

    @RequestMapping("/error")
    void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            // the beginning of another answer is out; Tomcat closes the connection before its end
            return;
        }
        HttpStatus status = Optional.ofNullable((Integer) request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE))
                .map(HttpStatus::resolve)
                .orElse(HttpStatus.NOT_FOUND);
        if (status.is4xxClientError()) {
            refusals.add("a request that is not let through", request.getRemoteAddr());
        }
        MalformedRequests.beStrict(response);
        problems.write(
                response,
                status,
                "request",
                status.getReasonPhrase(),
                "The request was refused before it was read. /openapi.yaml says what is expected.");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.etmconnect.server.problem.BodyTooLong;
import org.etmconnect.server.problem.BodyTooSlow;
import org.etmconnect.server.problem.ProblemWriter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads no more of a body than any operation needs: little of those whom nobody knows, whole configurations of others. It
 * does not wait long for one either: what stops coming is the web server's to end, what trickles is ended here.
 */
final class BodyLimitFilter extends OncePerRequestFilter {

    private static final long OF_STRANGERS = 64L << 10;
    private static final long OF_CALLERS = 16L << 20;

    private final ProblemWriter problems;
    private final Duration longest;

    /** @param longest how long a body may take to arrive */
    BodyLimitFilter(ProblemWriter problems, Duration longest) {
        this.problems = problems;
        this.longest = longest;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long most = Caller.current().isPresent() ? OF_CALLERS : OF_STRANGERS;
        if (request.getContentLengthLong() > most) {
            // what is on its way is not read to find the next request behind it
            response.setHeader(HttpHeaders.CONNECTION, "close");
            problems.write(
                    response,
                    HttpStatus.CONTENT_TOO_LARGE,
                    "too-large",
                    "The body is too long",
                    BodyTooLong.detail(most));
            return;
        }
        chain.doFilter(new Limited(request, most, longest), response);
    }

    private static final class Limited extends HttpServletRequestWrapper {
        private final long most;
        private final Duration longest;

        Limited(HttpServletRequest request, long most, Duration longest) {
            super(request);
            this.most = most;
            this.longest = longest;
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new Counted(super.getInputStream(), most, longest);
        }

        @Override
        public BufferedReader getReader() throws IOException {
            String encoding = getCharacterEncoding();
            return new BufferedReader(new InputStreamReader(
                    getInputStream(), encoding == null ? StandardCharsets.UTF_8 : Charset.forName(encoding)));
        }
    }

    /** Ends with a fault after so many bytes, or so much time. */
    private static final class Counted extends ServletInputStream {
        private final ServletInputStream body;
        private final long most;
        private final Duration longest;
        private final long begun = System.nanoTime();
        private long read;

        Counted(ServletInputStream body, long most, Duration longest) {
            this.body = body;
            this.most = most;
            this.longest = longest;
        }

        @Override
        public int read() throws IOException {
            int next = body.read();
            count(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int got = body.read(bytes, offset, length);
            count(Math.max(got, 0));
            return got;
        }

        private void count(int more) throws IOException {
            read += more;
            if (read > most) {
                throw new BodyTooLong(most);
            }
            if (more > 0 && System.nanoTime() - begun > longest.toNanos()) {
                throw new BodyTooSlow(longest);
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.http.HttpServletRequest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.inventory.people.AuditEntry;
import org.etmconnect.inventory.people.AuditStore;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.SignInAttempts;
import org.etmconnect.server.problem.ProblemWriter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.session.SessionIdGenerator;

/** Who calls, whether they may, and what a browser is told to refuse. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    /** Scripts only from the server's own files. Styles are also set in place, by the console's widgets. */
    private static final String CONTENT =
            "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
                    + " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'";

    private static final int SESSION_ID_BYTES = 27;

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            ApiToken token,
            PeopleStore people,
            Sessions sessions,
            Operations operations,
            AuditTrail trail,
            States states,
            CsrfTokenRepository csrfTokens,
            ProblemWriter problems,
            ForeignSignIn foreignSignIn,
            RefusedCallers refusedCallers,
            SessionCookie sessionCookie,
            Environment environment) {
        boolean openMetrics = environment.getProperty("etm.open-metrics", Boolean.class, false);
        Duration longestBody = environment.getProperty("etm.longest-body", Duration.class, Duration.ofMinutes(2));
        foreignSignIn.configure(http);
        int callsPerSecond = environment.getProperty("etm.calls-per-second", Integer.class, 0);
        if (callsPerSecond > 0) {
            http.addFilterAfter(
                    new CallLimitFilter(callsPerSecond, sessionCookie, problems, refusedCallers, System::nanoTime),
                    HeaderWriterFilter.class);
        }
        return http.addFilterBefore(
                        new CallerFilter(token, people, sessions, refusedCallers), AuthorizationFilter.class)
                .addFilterBefore(new BodyLimitFilter(problems, longestBody), AuthorizationFilter.class)
                .addFilterBefore(new AuditFilter(operations, states, trail), AuthorizationFilter.class)
                .addFilterBefore(new AccessFilter(operations, problems, openMetrics), AuthorizationFilter.class)
                .csrf(csrf -> csrf.spa()
                        .csrfTokenRepository(csrfTokens)
                        .requireCsrfProtectionMatcher(SecurityConfiguration::couldBeForged))
                .exceptionHandling(handling -> handling.accessDeniedHandler((request, response, refused) -> {
                    sessions.person(request)
                            .ifPresentOrElse(
                                    person -> trail.add(AuditEntry.Action.of(
                                            person.name(),
                                            request.getRemoteAddr(),
                                            "foreignRequest",
                                            request.getMethod() + " " + request.getRequestURI(),
                                            HttpStatus.FORBIDDEN.value())),
                                    () -> refusedCallers.add(
                                            "a change without proof that it comes from the console",
                                            request.getRemoteAddr()));
                    problems.write(
                            response,
                            HttpStatus.FORBIDDEN,
                            "csrf",
                            "The request does not prove that it comes from the console",
                            "Send the cookie XSRF-TOKEN, by TLS __Host-XSRF-TOKEN, back as the header X-XSRF-TOKEN. In a browser,"
                                    + " reload the page.");
                }))
                // Who is signed in is in the session, by Sessions; what is found out in a request stays in it.
                .securityContext(
                        context -> context.securityContextRepository(new RequestAttributeSecurityContextRepository()))
                .sessionManagement(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.NO_REFERRER)))
                .build();
    }

    /** A browser adds its session's cookie to what any page makes it send, but no header with a token. */
    private static boolean couldBeForged(HttpServletRequest request) {
        return !SAFE.contains(request.getMethod())
                && !CallerFilter.bringsCredentials(request)
                && request.getSession(false) != null;
    }

    @Bean
    CsrfTokenRepository csrfTokens() {
        return new CsrfTokens();
    }

    /** 216 random bits: a UUID has but 122. In 36 characters, as wide as the column that keeps them. */
    @Bean
    SessionIdGenerator sessionIdGenerator() {
        SecureRandom random = new SecureRandom();
        return () -> {
            byte[] id = new byte[SESSION_ID_BYTES];
            random.nextBytes(id);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
        };
    }

    @Bean
    Operations operations() {
        return Operations.ofServer();
    }

    @Bean
    Actor actor() {
        return () -> Caller.current().map(Caller::name).orElse("system");
    }

    @Bean
    PeopleStore peopleStore(DataSource dataSource, Clock clock) {
        return new PeopleStore(dataSource, clock);
    }

    @Bean
    SignInAttempts signInAttempts(DataSource dataSource, Clock clock) {
        return new SignInAttempts(dataSource, clock);
    }

    @Bean
    AuditStore auditStore(DataSource dataSource, Clock clock) {
        return new AuditStore(dataSource, clock);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.inventory.people.AuditEntry;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.inventory.people.PersonOutcome;
import org.etmconnect.inventory.people.Role;
import org.etmconnect.server.security.AuditTrail;
import org.etmconnect.server.security.ForeignSignIn;
import org.etmconnect.server.security.Sessions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.SupplierClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets people in whom an OpenID Connect provider vouches for: the authorization code flow with PKCE, state and nonce. The
 * provider is asked for its addresses at the first sign-in, so that the server starts without it. Safe for use by several
 * threads.
 */
@Component
final class OpenIdSignIn implements ForeignSignIn {

    private static final String REGISTRATION = "openid";

    /** The path that begins a sign-in: it leads to the provider. */
    static final String BEGIN = "/oauth2/authorization/" + REGISTRATION;

    private static final Logger LOG = LoggerFactory.getLogger(OpenIdSignIn.class);
    private static final String OPERATION = "signInByOpenId";

    /** Reasons that the sign-in page puts into words. */
    private enum Refusal {
        /** The provider was not reached, or its answer could not be believed. */
        PROVIDER,
        /** None of the user's groups may come in. */
        GROUP,
        /** Somebody else has the name here. */
        NAME,
        /** A Manager shut the user out. */
        INACTIVE
    }

    private final Optional<OpenIdProvider> provider;
    private final PeopleStore people;
    private final Sessions sessions;
    private final CsrfTokenRepository csrfTokens;
    private final AuditTrail trail;

    OpenIdSignIn(
            ObjectProvider<OpenIdProvider> provider,
            PeopleStore people,
            Sessions sessions,
            CsrfTokenRepository csrfTokens,
            AuditTrail trail) {
        this.provider = Optional.ofNullable(provider.getIfAvailable());
        this.people = people;
        this.sessions = sessions;
        this.csrfTokens = csrfTokens;
        this.trail = trail;
    }

    /** Where people may sign in besides, if the operator named a provider. */
    Optional<OpenIdProvider> provider() {
        return provider;
    }

    @Override
    public void configure(HttpSecurity http) {
        provider.ifPresent(given -> http.addFilterBefore(
                        new OwnPagesOnly(), OAuth2AuthorizationRequestRedirectFilter.class)
                .oauth2Login(login -> login.clientRegistrationRepository(new SupplierClientRegistrationRepository(
                                () -> new InMemoryClientRegistrationRepository(registration(given))))
                        // In the session that a sign-in ends: the provider's tokens are not needed after it.
                        .authorizedClientRepository(new HttpSessionOAuth2AuthorizedClientRepository())
                        .loginPage("/sign-in")
                        .successHandler((request, response, who) -> accept(given, request, response, who))
                        .failureHandler(this::refuse)
                        .withObjectPostProcessor(new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                            @Override
                            public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(F filter) {
                                filter.setAuthenticationFailureHandler(OpenIdSignIn.this::refuse);
                                return filter;
                            }
                        })));
    }

    /** A foreign page that leads here would sign its visitor in unasked; it leads to the sign-in page instead. */
    private static final class OwnPagesOnly extends OncePerRequestFilter {
        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            if (request.getRequestURI().equals(BEGIN) && "cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
                response.sendRedirect("/sign-in");
                return;
            }
            chain.doFilter(request, response);
        }
    }

    private static ClientRegistration registration(OpenIdProvider provider) {
        return ClientRegistrations.fromIssuerLocation(provider.issuer().toString())
                .registrationId(REGISTRATION)
                .clientId(provider.clientId())
                .clientSecret(provider.clientSecret().reveal())
                .scope("openid", "profile", "email")
                .build();
    }

    private void accept(
            OpenIdProvider given, HttpServletRequest request, HttpServletResponse response, Authentication who)
            throws IOException {
        if (!(who.getPrincipal() instanceof OidcUser user)) {
            throw new IllegalStateException(given.issuer() + " gave no ID token");
        }
        Optional<Role> role = given.role(groups(user, given.groupsClaim()));
        if (given.givesRoles() && role.isEmpty()) {
            LOG.warn(
                    "{} may not sign in: the claim {} names none of the groups of --openid-managers and"
                            + " --openid-viewers",
                    name(user),
                    given.groupsClaim());
            refuse(request, response, Refusal.GROUP, 403);
            return;
        }
        switch (people.external(given.issuer() + " " + user.getSubject(), name(user), role)) {
            case PersonOutcome.Saved(Person person)
            when person.active() -> {
                people.signedIn(person.id());
                sessions.begin(request, person);
                csrfTokens.saveToken(csrfTokens.generateToken(request), request, response);
                trail.add(AuditEntry.Action.of(
                        person.name(), request.getRemoteAddr(), OPERATION, "users/" + person.id(), 200));
                response.sendRedirect("/");
            }
            case PersonOutcome.Saved _ -> refuse(request, response, Refusal.INACTIVE, 403);
            case PersonOutcome other -> {
                LOG.warn("{} may not sign in by OpenID: {}", name(user), other);
                refuse(request, response, Refusal.NAME, 409);
            }
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        LOG.warn("A sign-in by OpenID failed: {}", failure.getMessage());
        refuse(request, response, Refusal.PROVIDER, 401);
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, Refusal why, int status)
            throws IOException {
        sessions.end(request);
        trail.add(AuditEntry.Action.of("anonymous", request.getRemoteAddr(), OPERATION, "users/unknown", status));
        response.sendRedirect("/sign-in?refused=" + why.name().toLowerCase(Locale.ROOT));
    }

    private static List<String> groups(OidcUser user, String claim) {
        return user.getClaim(claim) instanceof List<?> several
                ? several.stream().map(String::valueOf).toList()
                : Optional.ofNullable(user.getClaimAsString(claim)).stream().toList();
    }

    /** As people know themselves; names are lower case here. */
    private static String name(OidcUser user) {
        return Optional.ofNullable(user.getPreferredUsername())
                .filter(name -> !name.isBlank())
                .or(() -> Optional.ofNullable(user.getEmail()))
                .orElseGet(user::getSubject)
                .strip()
                .toLowerCase(Locale.ROOT);
    }
}

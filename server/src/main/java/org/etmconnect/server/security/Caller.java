// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.people.AccessToken;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.inventory.people.Role;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Who a request comes from.
 *
 * @param name as {@link Actor#name()} gives it
 * @param kind what let it in
 * @param role what it may do
 * @param personId the user, or the one whose token it is; empty for the server's own token and tokens made with it
 * @param mustChangePassword whether nothing but that is allowed
 */
public record Caller(String name, Kind kind, Role role, Optional<Integer> personId, boolean mustChangePassword) {

    /** What lets somebody in. */
    public enum Kind {
        /** A session. */
        USER,
        /** A token of a program. */
        TOKEN,
        /** The token in the server's data directory. */
        LOCAL
    }

    static Caller local() {
        return new Caller("local", Kind.LOCAL, Role.MANAGER, Optional.empty(), false);
    }

    static Caller of(Person person) {
        return new Caller(
                person.name(), Kind.USER, person.role(), Optional.of(person.id()), person.mustChangePassword());
    }

    static Caller of(AccessToken token, Role role, Optional<Integer> owner) {
        return new Caller("token " + token.name(), Kind.TOKEN, role, owner, false);
    }

    /** Who the request at hand comes from; empty if nobody was let in, and outside of requests. */
    public static Optional<Caller> current() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }

    void enter() {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                this, null, List.of(new SimpleGrantedAuthority("ROLE_" + role))));
        SecurityContextHolder.setContext(context);
    }
}

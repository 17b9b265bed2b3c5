// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.etmconnect.inventory.people.AuditEntry;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.inventory.people.SignInAttempts;
import org.etmconnect.server.security.AuditTrail;
import org.etmconnect.server.security.Origin;
import org.etmconnect.server.security.RefusedCallers;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Lets people in by name and password. Safe for use by several threads. */
@Component
final class SignIn {

    private static final String OPERATION = "signIn";

    private final PeopleStore people;
    private final SignInAttempts attempts;
    private final Passwords passwords;
    private final AuditTrail trail;
    private final RefusedCallers refused;
    private final Optional<OpenIdProvider> provider;

    SignIn(
            PeopleStore people,
            SignInAttempts attempts,
            Passwords passwords,
            AuditTrail trail,
            RefusedCallers refused,
            ObjectProvider<OpenIdProvider> provider) {
        this.people = people;
        this.attempts = attempts;
        this.passwords = passwords;
        this.trail = trail;
        this.refused = refused;
        this.provider = Optional.ofNullable(provider.getIfAvailable());
    }

    /** How an attempt ended. */
    sealed interface Outcome {

        record Accepted(Person person) implements Outcome {}

        /** Name or password are wrong, or the user may not sign in; which, nobody is told. */
        record Refused() implements Outcome {}

        record TooMany(Instant until) implements Outcome {}
    }

    /**
     * Tries {@code password}.
     *
     * @param address where the attempt comes from
     */
    Outcome attempt(String typedName, String password, String address) {
        String name = typedName.strip().toLowerCase(Locale.ROOT);
        String origin = Origin.of(address);
        return switch (attempts.begin(name, origin)) {
            case SignInAttempts.Answer.Wait(Instant until) -> {
                refused.add("an attempt to sign in during a block", address);
                yield new Outcome.TooMany(until);
            }
            case SignInAttempts.Answer.Go(boolean last) -> {
                Optional<Person> person = people.person(name);
                Optional<String> hash =
                        people.passwordHash(person.map(Person::id).orElse(0));
                // Judged even where it cannot help, so that the time does not tell whom it could help.
                boolean right = passwords.matches(password, hash)
                        && provider.map(each -> each.leavesPasswordTo(name)).orElse(true);
                if (right && person.filter(Person::active).isPresent()) {
                    attempts.succeeded(name, origin);
                    people.signedIn(person.get().id());
                    // the password is at hand only now
                    hash.filter(passwords::outdated)
                            .ifPresent(old -> people.renewHash(person.get().id(), old, passwords.hash(password)));
                    log(person.get().name(), address, OPERATION, person, 200);
                    yield new Outcome.Accepted(person.get());
                }
                log("anonymous", address, OPERATION, person, 401);
                if (last) {
                    log("anonymous", address, "signInBlocked", person, 429);
                }
                yield new Outcome.Refused();
            }
        };
    }

    /** Of a name that nobody has, only that is logged: it could be a password in the wrong field. */
    private void log(String actor, String address, String operation, Optional<Person> person, int status) {
        String object =
                "users/" + person.map(each -> Integer.toString(each.id())).orElse("unknown");
        trail.add(AuditEntry.Action.of(actor, address, operation, object, status));
    }
}

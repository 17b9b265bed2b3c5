// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Person;
import org.springframework.stereotype.Component;

/**
 * The sessions of browsers. A session holds who signed in, and no rights: those are looked up at each request, so that a
 * change of them counts at once on every server. Safe for use by several threads.
 */
@Component
public final class Sessions {

    /** How long a session lasts even if it is used all the time. */
    public static final Duration LONGEST = Duration.ofHours(12);

    private static final String PERSON = "etm.person";
    private static final String VERSION = "etm.version";
    private static final String SINCE = "etm.since";

    private final PeopleStore people;
    private final InstantSource clock;

    Sessions(PeopleStore people, InstantSource clock) {
        this.people = people;
        this.clock = clock;
    }

    /** Begins a session; one that the browser had before ends, so that nobody can have planted it. */
    public void begin(HttpServletRequest request, Person person) {
        end(request);
        HttpSession session = request.getSession(true);
        session.setAttribute(PERSON, person.id());
        session.setAttribute(VERSION, person.signInVersion());
        session.setAttribute(SINCE, clock.instant().getEpochSecond());
    }

    /** Ends the session, if there is one. */
    public void end(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session != null) {
            session.invalidate();
        }
    }

    /** Who signed in, if the session still counts. */
    Optional<Person> person(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null
                || !(session.getAttribute(PERSON) instanceof Integer id)
                || !(session.getAttribute(VERSION) instanceof Integer version)
                || !(session.getAttribute(SINCE) instanceof Long since)) {
            return Optional.empty();
        }
        Optional<Person> person =
                clock.instant().isBefore(Instant.ofEpochSecond(since).plus(LONGEST))
                        ? people.person(id).filter(each -> each.active() && each.signInVersion() == version)
                        : Optional.empty();
        if (person.isEmpty()) {
            session.invalidate();
        }
        return person;
    }
}

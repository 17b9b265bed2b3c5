// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Person;
import org.springframework.http.HttpHeaders;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
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
    private static final String ADDRESS = "etm.address";
    private static final String BROWSER = "etm.browser";

    private static final int LONGEST_BROWSER = 200;
    private static final int NAME_BYTES = 16;

    private final PeopleStore people;
    private final InstantSource clock;
    private final FindByIndexNameSessionRepository<? extends Session> all;

    Sessions(PeopleStore people, InstantSource clock, FindByIndexNameSessionRepository<? extends Session> all) {
        this.people = people;
        this.clock = clock;
        this.all = all;
    }

    /**
     * A session as its owner sees it.
     *
     * @param id names it, and lets nobody in
     * @param since when it began
     * @param lastUsed when its last request came
     * @param address where its sign-in came from
     * @param browser what the browser called itself at the sign-in, 200 characters at most
     * @param current whether the request at hand is part of it
     */
    public record Open(
            String id, Instant since, Instant lastUsed, String address, Optional<String> browser, boolean current) {}

    /** The sessions of a person that still count, the one used last first. */
    public List<Open> of(Person person, HttpServletRequest request) {
        HttpSession own = request.getSession(false);
        String current = own == null ? "" : own.getId();
        return all.findByPrincipalName(principal(person)).values().stream()
                .filter(session -> counts(session, person))
                .map(session -> new Open(
                        name(session.getId()),
                        since(session),
                        session.getLastAccessedTime(),
                        Objects.requireNonNullElse(session.getAttribute(ADDRESS), ""),
                        Optional.ofNullable(session.getAttribute(BROWSER)),
                        session.getId().equals(current)))
                .sorted(Comparator.comparing(Open::lastUsed).reversed())
                .toList();
    }

    /** Ends one of a person's sessions, by {@link Open#id}; whether there was such a one. */
    public boolean end(Person person, String name) {
        Optional<String> id = all.findByPrincipalName(principal(person)).entrySet().stream()
                .filter(entry -> counts(entry.getValue(), person))
                .map(Map.Entry::getKey)
                .filter(each -> name(each).equals(name))
                .findFirst();
        id.ifPresent(all::deleteById);
        return id.isPresent();
    }

    /** When the session of the request at hand began. */
    public Optional<Instant> since(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        return session != null && session.getAttribute(SINCE) instanceof Long since
                ? Optional.of(Instant.ofEpochSecond(since))
                : Optional.empty();
    }

    private boolean counts(Session session, Person person) {
        // those that were idle too long are cleared away but once a minute
        return !session.isExpired()
                && Objects.equals(session.<Object>getAttribute(VERSION), person.signInVersion())
                && clock.instant().isBefore(since(session).plus(LONGEST));
    }

    private static Instant since(Session session) {
        return session.<Object>getAttribute(SINCE) instanceof Long since ? Instant.ofEpochSecond(since) : Instant.EPOCH;
    }

    private static String principal(Person person) {
        return "person " + person.id();
    }

    /** The id itself lets in whoever has it. */
    private static String name(String id) {
        return HexFormat.of().formatHex(ApiToken.hash(id), 0, NAME_BYTES);
    }

    /** Begins a session; one that the browser had before ends, so that nobody can have planted it. */
    public void begin(HttpServletRequest request, Person person) {
        end(request);
        HttpSession session = request.getSession(true);
        session.setAttribute(PERSON, person.id());
        session.setAttribute(VERSION, person.signInVersion());
        session.setAttribute(SINCE, clock.instant().getEpochSecond());
        session.setAttribute(ADDRESS, request.getRemoteAddr());
        Optional.ofNullable(request.getHeader(HttpHeaders.USER_AGENT))
                .map(text -> text.substring(0, Math.min(text.length(), LONGEST_BROWSER)))
                .ifPresent(text -> session.setAttribute(BROWSER, text));
        session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, principal(person));
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

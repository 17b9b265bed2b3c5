// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.inventory.people.PersonOutcome;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.SessionApi;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.MeDto;
import org.etmconnect.server.rest.model.MySessionDto;
import org.etmconnect.server.rest.model.MySessionsDto;
import org.etmconnect.server.rest.model.OpenIdWayDto;
import org.etmconnect.server.rest.model.PasswordChangeDto;
import org.etmconnect.server.rest.model.RoleDto;
import org.etmconnect.server.rest.model.SessionEndDto;
import org.etmconnect.server.rest.model.SignInDto;
import org.etmconnect.server.rest.model.SignInWaysDto;
import org.etmconnect.server.security.Caller;
import org.etmconnect.server.security.Sessions;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfTokenRepository;
import org.springframework.web.bind.annotation.RestController;

/** Signing in and out. */
@RestController
class SessionRoutes implements SessionApi {

    /** Whoever has no password here proves by so young a sign-in who it is. */
    private static final Duration LATELY = Duration.ofMinutes(10);

    private final SignIn signIn;
    private final OpenIdSignIn openId;
    private final PeopleStore people;
    private final Passwords passwords;
    private final Sessions sessions;
    private final CsrfTokenRepository csrfTokens;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Clock clock;

    SessionRoutes(
            SignIn signIn,
            OpenIdSignIn openId,
            PeopleStore people,
            Passwords passwords,
            Sessions sessions,
            CsrfTokenRepository csrfTokens,
            HttpServletRequest request,
            HttpServletResponse response,
            Clock clock) {
        this.signIn = signIn;
        this.openId = openId;
        this.people = people;
        this.passwords = passwords;
        this.sessions = sessions;
        this.csrfTokens = csrfTokens;
        this.request = request;
        this.response = response;
        this.clock = clock;
    }

    @Override
    public ResponseEntity<MeDto> signIn(SignInDto input) {
        // Else a foreign page could sign a browser in as somebody whose password it knows.
        if ("cross-site".equals(request.getHeader("Sec-Fetch-Site"))) {
            throw ApiProblem.forbidden(
                    "A foreign page cannot sign you in", "Open the console itself and sign in there.");
        }
        return switch (signIn.attempt(input.getName(), input.getPassword(), request.getRemoteAddr())) {
            case SignIn.Outcome.Accepted(Person person) -> {
                begin(person);
                yield ResponseEntity.ok(new MeDto(
                        person.name(),
                        RoleDto.valueOf(person.role().name()),
                        MeDto.KindEnum.USER,
                        person.mustChangePassword()));
            }
            case SignIn.Outcome.Refused() ->
                throw ApiProblem.unauthorized(
                        "Name or password are wrong",
                        "Check both; or ask a Manager whether you may sign in, and for a new one-time password.");
            case SignIn.Outcome.TooMany(Instant until) ->
                throw ApiProblem.tooManyRequests(
                        "There were too many attempts to sign in",
                        "Wait until " + until + ", or let a Manager reset the password.",
                        Duration.between(clock.instant(), until));
        };
    }

    @Override
    public ResponseEntity<SignInWaysDto> getSignInWays() {
        return ResponseEntity.ok(new SignInWaysDto()
                .openId(openId.provider()
                        .map(provider -> new OpenIdWayDto(
                                provider.label(),
                                OpenIdSignIn.BEGIN,
                                provider.passwordsFor().isPresent()))
                        .orElse(null)));
    }

    private void begin(Person person) {
        sessions.begin(request, person);
        csrfTokens.saveToken(csrfTokens.generateToken(request), request, response);
    }

    @Override
    public ResponseEntity<Void> signOut() {
        sessions.end(request);
        csrfTokens.saveToken(null, request, response);
        return ResponseEntity.noContent().build();
    }

    @Override
    public ResponseEntity<MeDto> getMe() {
        Caller caller = caller();
        return ResponseEntity.ok(new MeDto(
                caller.name(),
                RoleDto.valueOf(caller.role().name()),
                MeDto.KindEnum.valueOf(caller.kind().name()),
                caller.mustChangePassword()));
    }

    @Override
    public ResponseEntity<Void> changeMyPassword(PasswordChangeDto input) {
        Caller caller = caller();
        if (caller.kind() != Caller.Kind.USER) {
            throw ApiProblem.conflict(
                    "A token has no password", "Sign in as a user, or reset a user's password as a Manager.");
        }
        Person person = caller.personId().flatMap(people::person).orElseThrow();
        if (person.external()) {
            throw ApiProblem.conflict(
                    "Your password is not kept here", "Change it where you sign in, at your OpenID provider.");
        }
        proveAgain(person, input.getPassword(), "The password was not changed");
        passwords.problem(person.name(), input.getNewPassword()).ifPresent(problem -> {
            throw refused(problem);
        });
        if (input.getNewPassword().equals(input.getPassword())) {
            throw refused("Take another one than before.");
        }
        if (people.setPassword(person.id(), passwords.hash(input.getNewPassword()), false)
                instanceof PersonOutcome.Saved(Person changed)) {
            begin(changed);
        }
        return ResponseEntity.status(HttpStatus.NO_CONTENT).build();
    }

    @Override
    public ResponseEntity<MySessionsDto> listMySessions() {
        return ResponseEntity.ok(new MySessionsDto(sessions.of(user(), request).stream()
                .map(session -> new MySessionDto(
                                session.id(), session.since(), session.lastUsed(), session.address(), session.current())
                        .browser(session.browser().orElse(null)))
                .toList()));
    }

    @Override
    public ResponseEntity<Void> endMySession(String sessionId, SessionEndDto input) {
        Person person = user();
        // Else who sits down at an open browser could put out its owner everywhere.
        if (person.external()) {
            Instant lately = clock.instant().minus(LATELY);
            if (sessions.since(request).filter(since -> since.isAfter(lately)).isEmpty()) {
                throw ApiProblem.forbidden(
                        "You signed in too long ago for this",
                        "Sign out and in again, and end the session within " + LATELY.toMinutes() + " minutes.");
            }
        } else {
            proveAgain(person, Objects.requireNonNullElse(input.getPassword(), ""), "The session was not ended");
        }
        if (!sessions.end(person, sessionId)) {
            throw ApiProblem.notFound("session " + sessionId + " of yours", "GET /api/v1/me/sessions lists them.");
        }
        return ResponseEntity.noContent().build();
    }

    private Person user() {
        Caller caller = caller();
        if (caller.kind() != Caller.Kind.USER) {
            throw ApiProblem.conflict("A token has no sessions", "Sign in as a user, in the console.");
        }
        return caller.personId().flatMap(people::person).orElseThrow();
    }

    /** Counted like a sign-in: somebody at an open browser must not guess here. */
    private void proveAgain(Person person, String password, String title) {
        switch (signIn.attempt(person.name(), password, request.getRemoteAddr())) {
            case SignIn.Outcome.Accepted _ -> {}
            case SignIn.Outcome.Refused _ ->
                throw ApiProblem.unusable(
                        title, List.of(new FieldProblemDto("password", "This is not your password.")));
            case SignIn.Outcome.TooMany(Instant until) ->
                throw ApiProblem.tooManyRequests(
                        "There were too many attempts",
                        "Wait until " + until + ".",
                        Duration.between(clock.instant(), until));
        }
    }

    private static ApiProblem refused(String problem) {
        return ApiProblem.unusable(
                "The new password cannot be used", List.of(new FieldProblemDto("newPassword", problem)));
    }

    private static Caller caller() {
        return Caller.current().orElseThrow(() -> new IllegalStateException("Nobody was let in"));
    }
}

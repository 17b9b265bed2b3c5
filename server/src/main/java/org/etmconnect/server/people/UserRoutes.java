// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.inventory.people.PersonOutcome;
import org.etmconnect.inventory.people.Role;
import org.etmconnect.inventory.people.SignInAttempts;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.UsersApi;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.NewUserDto;
import org.etmconnect.server.rest.model.RoleDto;
import org.etmconnect.server.rest.model.UserChangeDto;
import org.etmconnect.server.rest.model.UserDto;
import org.etmconnect.server.rest.model.UserInputDto;
import org.etmconnect.server.rest.model.UserListDto;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** Who may sign in. */
@RestController
class UserRoutes implements UsersApi {

    private static final String LIST = "GET /api/v1/users lists those that there are.";

    private final PeopleStore people;
    private final SignInAttempts attempts;
    private final Passwords passwords;
    private final Optional<OpenIdProvider> provider;

    UserRoutes(
            PeopleStore people, SignInAttempts attempts, Passwords passwords, ObjectProvider<OpenIdProvider> provider) {
        this.people = people;
        this.attempts = attempts;
        this.passwords = passwords;
        this.provider = Optional.ofNullable(provider.getIfAvailable());
    }

    @Override
    public ResponseEntity<UserListDto> listUsers() {
        return ResponseEntity.ok(new UserListDto(
                people.people().stream().map(UserRoutes::document).toList()));
    }

    @Override
    public ResponseEntity<UserDto> getUser(Integer userId) {
        return ResponseEntity.ok(document(person(userId)));
    }

    @Override
    public ResponseEntity<NewUserDto> createUser(UserInputDto input) {
        String name = Person.readName(input.getName())
                .orElseThrow(() -> ApiProblem.unusable(
                        "The user cannot be added",
                        List.of(new FieldProblemDto(
                                "name",
                                "A name begins with a letter or digit, and has letters, digits and . _ @ - alone;"
                                        + " local, system and anonymous are taken."))));
        checkMayHavePassword(name);
        String password = passwords.oneTime();
        Person person = saved(people.create(name, role(input.getRole()), passwords.hash(password)));
        return ResponseEntity.created(URI.create("/api/v1/users/" + person.id()))
                .body(new NewUserDto(document(person), password));
    }

    @Override
    public ResponseEntity<UserDto> changeUser(Integer userId, UserChangeDto input) {
        Person person = person(userId);
        if (person.external() && input.getRole() != null && role(input.getRole()) != person.role()) {
            throw ApiProblem.conflict(
                    "The role comes from the OpenID provider", "Change it there; it counts from the next sign-in on.");
        }
        return ResponseEntity.ok(document(saved(people.change(
                userId,
                input.getRole() == null ? person.role() : role(input.getRole()),
                input.getActive() == null ? person.active() : input.getActive()))));
    }

    @Override
    public ResponseEntity<Void> deleteUser(Integer userId) {
        saved(people.delete(userId));
        return ResponseEntity.noContent().build();
    }

    @Override
    public ResponseEntity<NewUserDto> resetPassword(Integer userId) {
        if (person(userId).external()) {
            throw ApiProblem.conflict("This user's password is not kept here", "It is changed at the OpenID provider.");
        }
        checkMayHavePassword(person(userId).name());
        String password = passwords.oneTime();
        Person person = saved(people.setPassword(userId, passwords.hash(password), true));
        attempts.forgive(person.name());
        return ResponseEntity.ok(new NewUserDto(document(person), password));
    }

    private void checkMayHavePassword(String name) {
        provider.filter(each -> !each.leavesPasswordTo(name)).ifPresent(each -> {
            throw ApiProblem.conflict(
                    "\"" + name + "\" may not sign in with a password",
                    "People come in by " + each.label()
                            + ", where a user is made at the first sign-in. The operator says who"
                            + " may have a password beside it (--openid-passwords-for).");
        });
    }

    private Person person(int id) {
        return people.person(id).orElseThrow(() -> ApiProblem.notFound("user " + id, LIST));
    }

    private static Person saved(PersonOutcome outcome) {
        return switch (outcome) {
            case PersonOutcome.Saved(Person person) -> person;
            case PersonOutcome.NameTaken(String name) ->
                throw ApiProblem.conflict(
                        "There is a user \"" + name + "\" already", "Choose another name, or change that one.");
            case PersonOutcome.Missing(int id) -> throw ApiProblem.notFound("user " + id, LIST);
            case PersonOutcome.LastManager(String name) ->
                throw ApiProblem.conflict(
                        "\"" + name + "\" is the last Manager with a password here",
                        "Make another user a Manager first, so that somebody can manage the server.");
        };
    }

    private static Role role(RoleDto role) {
        return Role.valueOf(role.name());
    }

    private static UserDto document(Person person) {
        UserDto document = new UserDto(
                person.id(),
                person.name(),
                RoleDto.valueOf(person.role().name()),
                person.active(),
                person.external(),
                person.mustChangePassword(),
                person.createdAt());
        person.lastSignIn().ifPresent(document::setLastSignIn);
        return document;
    }
}

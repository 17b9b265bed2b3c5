// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etmconnect.inventory.people.AccessToken;
import org.etmconnect.inventory.people.PeopleStore;
import org.etmconnect.inventory.people.Role;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.TokensApi;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.NewTokenDto;
import org.etmconnect.server.rest.model.RoleDto;
import org.etmconnect.server.rest.model.TokenDto;
import org.etmconnect.server.rest.model.TokenInputDto;
import org.etmconnect.server.rest.model.TokenListDto;
import org.etmconnect.server.security.ApiToken;
import org.etmconnect.server.security.Caller;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** What programs sign in with. */
@RestController
class TokenRoutes implements TokensApi {

    private static final String LIST = "GET /api/v1/tokens lists those that there are.";

    private final PeopleStore people;
    private final Clock clock;

    TokenRoutes(PeopleStore people, Clock clock) {
        this.people = people;
        this.clock = clock;
    }

    @Override
    public ResponseEntity<TokenListDto> listTokens() {
        return ResponseEntity.ok(
                new TokenListDto(people.tokens().stream().map(this::document).toList()));
    }

    @Override
    public ResponseEntity<TokenDto> getToken(Integer tokenId) {
        return ResponseEntity.ok(document(people.token(tokenId).orElseThrow(() -> missing(tokenId))));
    }

    @Override
    public ResponseEntity<NewTokenDto> createToken(TokenInputDto input) {
        Caller caller = Caller.current().orElseThrow(() -> new IllegalStateException("Nobody was let in"));
        String name = input.getName().strip();
        if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
            throw ApiProblem.unusable(
                    "The token cannot be made",
                    List.of(new FieldProblemDto("name", "Name the program that will use it.")));
        }
        Role role = Role.valueOf(input.getRole().name());
        if (!caller.role().covers(role)) {
            throw ApiProblem.forbidden("Your role is too low", "A token cannot do more than who makes it.");
        }
        int days = input.getDays() == null ? 90 : input.getDays();
        String token = ApiToken.newToken();
        AccessToken made = people.createToken(
                        name,
                        role,
                        ApiToken.hash(token),
                        caller.personId(),
                        caller.name(),
                        clock.instant().plus(Duration.ofDays(days)))
                .orElseThrow(() -> ApiProblem.conflict(
                        "There is a token \"" + name + "\" already", "Choose another name, or revoke that one first."));
        return ResponseEntity.created(URI.create("/api/v1/tokens/" + made.id()))
                .body(new NewTokenDto(document(made), token));
    }

    @Override
    public ResponseEntity<Void> revokeToken(Integer tokenId) {
        var _ = people.revokeToken(tokenId).orElseThrow(() -> missing(tokenId));
        return ResponseEntity.noContent().build();
    }

    private static ApiProblem missing(int id) {
        return ApiProblem.notFound("token " + id + " that is not revoked", LIST);
    }

    private TokenDto document(AccessToken token) {
        Instant now = clock.instant();
        TokenDto document = new TokenDto(
                token.id(),
                token.name(),
                RoleDto.valueOf(token.effectiveRole().orElse(token.role()).name()),
                token.createdBy(),
                token.createdAt(),
                token.expiresAt(),
                token.validAt(now));
        token.revokedAt().ifPresent(document::setRevokedAt);
        token.lastUsed().ifPresent(document::setLastUsed);
        return document;
    }
}

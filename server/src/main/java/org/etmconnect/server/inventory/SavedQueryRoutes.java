// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.people.Role;
import org.etmconnect.inventory.queries.SavedQuery;
import org.etmconnect.inventory.queries.SavedQueryStore;
import org.etmconnect.query.syntax.Condition;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.SavedQueriesApi;
import org.etmconnect.server.rest.model.FieldProblemDto;
import org.etmconnect.server.rest.model.SavedQueryDto;
import org.etmconnect.server.rest.model.SavedQueryInputDto;
import org.etmconnect.server.rest.model.SavedQueryListDto;
import org.etmconnect.server.rest.model.SubjectDto;
import org.etmconnect.server.security.Caller;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** Queries that people keep: for themselves, or for all. Those for all are a Manager's to write. */
@RestController
class SavedQueryRoutes implements SavedQueriesApi {

    /** Of one subject, for all or of one person. More cannot be found by name in a list either. */
    private static final int MOST = 200;

    private final SavedQueryStore store;

    SavedQueryRoutes(SavedQueryStore store) {
        this.store = store;
    }

    @Override
    public ResponseEntity<SavedQueryListDto> listSavedQueries(SubjectDto subject) {
        return ResponseEntity.ok(new SavedQueryListDto(store.list(subject.name(), caller().personId()).stream()
                .map(SavedQueryRoutes::document)
                .toList()));
    }

    @Override
    public ResponseEntity<SavedQueryDto> saveQuery(SavedQueryInputDto input) {
        Caller caller = caller();
        String name = input.getName().strip();
        if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
            throw ApiProblem.unusable(
                    "The query cannot be saved", List.of(new FieldProblemDto("name", "Name the query.")));
        }
        boolean shared = Boolean.TRUE.equals(input.getShared());
        if (shared) {
            writesForAll(caller);
        } else if (caller.personId().isEmpty()) {
            throw ApiProblem.conflict(
                    "You are no user, so no query can be yours",
                    "Sign in as a user, or save it for all with \"shared\": true.");
        }
        Condition read = Queries.read(
                input.getQuery(), Subject.valueOf(input.getSubject().name()));
        if (read instanceof Condition.Everything) {
            throw ApiProblem.unusable(
                    "The query cannot be saved", List.of(new FieldProblemDto("query", "It is empty.")));
        }
        refuseTooMany(store.list(input.getSubject().name(), caller.personId()), name, shared);
        return ResponseEntity.ok(document(store.save(
                input.getSubject().name(),
                name,
                input.getQuery().strip(),
                shared ? Optional.empty() : caller.personId(),
                caller.name())));
    }

    @Override
    public ResponseEntity<Void> deleteSavedQuery(Integer savedQueryId) {
        Caller caller = caller();
        SavedQuery query = store.find(savedQueryId, caller.personId())
                .orElseThrow(() -> ApiProblem.notFound(
                        "saved query " + savedQueryId, "GET /api/v1/saved-queries lists those that you see."));
        if (query.shared()) {
            writesForAll(caller);
        }
        store.delete(savedQueryId);
        return ResponseEntity.noContent().build();
    }

    /** Two that are saved at once may be one too many; that does no harm. */
    private static void refuseTooMany(List<SavedQuery> saved, String name, boolean shared) {
        List<SavedQuery> sisters =
                saved.stream().filter(query -> query.shared() == shared).toList();
        if (sisters.size() >= MOST
                && sisters.stream().noneMatch(query -> query.name().equals(name))) {
            throw ApiProblem.conflict(
                    "There are " + MOST + " saved queries already", "Delete one first, or save this under its name.");
        }
    }

    private static void writesForAll(Caller caller) {
        if (!caller.role().covers(Role.MANAGER)) {
            throw ApiProblem.forbidden(
                    "Queries for all are a Manager's to write", "Save it for yourself, or ask a Manager.");
        }
    }

    private static Caller caller() {
        return Caller.current().orElseThrow(() -> new IllegalStateException("Nobody was let in"));
    }

    private static SavedQueryDto document(SavedQuery query) {
        return new SavedQueryDto(
                query.id(),
                SubjectDto.valueOf(query.subject()),
                query.name(),
                query.query(),
                query.shared(),
                query.savedBy(),
                query.savedAt());
    }
}

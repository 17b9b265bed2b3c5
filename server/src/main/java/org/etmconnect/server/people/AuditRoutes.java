// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.etmconnect.inventory.people.AuditEntry;
import org.etmconnect.inventory.people.AuditSearch;
import org.etmconnect.inventory.people.AuditStore;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.AuditApi;
import org.etmconnect.server.rest.model.AuditEntryDto;
import org.etmconnect.server.rest.model.AuditPageDto;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who did what. */
@RestController
class AuditRoutes implements AuditApi {

    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() {};

    private final AuditStore store;
    private final JsonMapper json;

    AuditRoutes(AuditStore store, JsonMapper json) {
        this.store = store;
        this.json = json;
    }

    @Override
    public ResponseEntity<AuditPageDto> searchAudit(
            @Nullable String actor,
            @Nullable String object,
            @Nullable String action,
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String cursor,
            Integer limit) {
        AuditSearch search = new AuditSearch(
                Optional.ofNullable(actor),
                Optional.ofNullable(object),
                Optional.ofNullable(action),
                Optional.ofNullable(from),
                Optional.ofNullable(to),
                cursor == null ? OptionalLong.empty() : OptionalLong.of(id(cursor)));
        List<AuditEntry> found = new ArrayList<>(store.find(search, limit + 1));
        boolean more = found.size() > limit;
        if (more) {
            found.removeLast();
        }
        AuditPageDto page = new AuditPageDto(found.stream().map(this::document).toList());
        if (more) {
            page.setNextCursor(Long.toString(found.getLast().id()));
        }
        return ResponseEntity.ok(page);
    }

    private static long id(String cursor) {
        try {
            return Long.parseLong(cursor);
        } catch (NumberFormatException foreign) {
            throw ApiProblem.badRequest(
                    "The cursor is not one of this list", "Pass the nextCursor of the page before, unchanged.");
        }
    }

    private AuditEntryDto document(AuditEntry entry) {
        AuditEntry.Action action = entry.action();
        AuditEntryDto document = new AuditEntryDto(
                entry.id(),
                entry.at(),
                action.actor(),
                action.address(),
                action.operation(),
                action.object(),
                action.status());
        document.setRequest(document(action.request()));
        document.setBefore(document(action.before()));
        document.setAfter(document(action.after()));
        return document;
    }

    @SuppressWarnings("NullAway") // the generated setters take null for a field that is left out
    private Map<String, Object> document(Optional<JsonNode> part) {
        return part.map(node -> json.convertValue(node, DOCUMENT)).orElse(null);
    }
}

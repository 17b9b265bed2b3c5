// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.inventory;

import java.time.Duration;
import java.util.stream.Stream;
import org.etmconnect.query.StoredValues;
import org.etmconnect.query.syntax.Completion;
import org.etmconnect.query.syntax.ParseOutcome;
import org.etmconnect.query.syntax.QqlParser;
import org.etmconnect.query.syntax.QueryProblem;
import org.etmconnect.query.syntax.Subject;
import org.etmconnect.query.syntax.Suggestion;
import org.etmconnect.server.database.ConnectionPools;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.QqlApi;
import org.etmconnect.server.rest.model.QueryCheckDto;
import org.etmconnect.server.rest.model.QueryProblemDto;
import org.etmconnect.server.rest.model.SubjectDto;
import org.etmconnect.server.rest.model.SuggestionDto;
import org.etmconnect.server.rest.model.SuggestionListDto;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

/** Help for people who write a query: what could stand at the caret, and where a fault is. */
@RestController
class QqlRoutes implements QqlApi {

    /** Whoever types does not wait for longer. */
    private static final Duration LIMIT = Duration.ofMillis(800);

    private final StoredValues values;

    QqlRoutes(ConnectionPools pools) {
        this.values = new StoredValues(pools.searches(), LIMIT);
    }

    @Override
    public ResponseEntity<SuggestionListDto> completeQuery(SubjectDto subject, Integer caret, String query) {
        if (caret > query.length()) {
            throw ApiProblem.badRequest(
                    "The caret is beyond the query's end",
                    "Give a place from 0 to " + query.length() + ", the query's length.");
        }
        return ResponseEntity.ok(new SuggestionListDto(Stream.concat(
                        Completion.complete(query, caret, subject(subject)).stream(),
                        values.complete(query, caret).stream())
                .limit(50)
                .map(QqlRoutes::document)
                .toList()));
    }

    @Override
    public ResponseEntity<QueryCheckDto> checkQuery(SubjectDto subject, String query) {
        return ResponseEntity.ok(
                switch (QqlParser.parse(query, subject(subject))) {
                    case ParseOutcome.Parsed ignored -> new QueryCheckDto();
                    case ParseOutcome.Invalid(QueryProblem problem) ->
                        new QueryCheckDto().problem(new QueryProblemDto(problem.describe(), Queries.place(problem)));
                });
    }

    private static SuggestionDto document(Suggestion suggestion) {
        return new SuggestionDto(
                        suggestion.text(),
                        suggestion.from(),
                        suggestion.to(),
                        SuggestionDto.KindEnum.fromValue(suggestion.kind().name()))
                .description(suggestion.description());
    }

    private static Subject subject(SubjectDto subject) {
        return switch (subject) {
            case ASSET -> Subject.ASSET;
            case FINDING -> Subject.FINDING;
        };
    }
}

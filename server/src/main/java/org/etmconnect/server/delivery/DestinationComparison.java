// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.delivery;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.configuration.DestinationDraft;
import org.etmconnect.inventory.configuration.DestinationSettings;
import org.etmconnect.inventory.configuration.DestinationStore;
import org.etmconnect.inventory.configuration.SavedDestination;
import org.etmconnect.server.connections.Differences;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.model.ComparedThingDto;
import org.etmconnect.server.rest.model.DestinationInputDto;
import org.etmconnect.server.rest.model.FieldDifferenceDto;
import org.springframework.stereotype.Component;

/** Holds destinations against what is stored. */
@Component
public class DestinationComparison {

    private final DestinationStore destinations;
    private final DestinationReading reading;

    DestinationComparison(DestinationStore destinations, DestinationReading reading) {
        this.destinations = destinations;
        this.reading = reading;
    }

    /** Compares; nothing is stored. */
    public ComparedThingDto compare(DestinationInputDto input) {
        try {
            Optional<SavedDestination> saved = destinations.destinations().stream()
                    .filter(destination ->
                            destination.name().equals(input.getName().strip()))
                    .findFirst();
            saved.ifPresent(destination -> DestinationReading.checkSameKind(destination, input));
            Optional<DestinationSettings> settings =
                    saved.flatMap(destination -> destinations.settings(destination.id()));
            DestinationDraft draft = reading.draft(input, settings);
            if (saved.isEmpty() || settings.isEmpty()) {
                return thing(ComparedThingDto.StateEnum.NEW);
            }
            List<FieldDifferenceDto> differences = new Differences()
                    .text("description", saved.get().description(), draft.description())
                    .values(settings.get().values(), draft.settings().values())
                    .secrets(settings.get().secrets(), draft.settings().secrets())
                    .network(settings.get().network(), draft.settings().network())
                    .value("active", Optional.of(saved.get().active()), Optional.of(draft.active()))
                    .value("afterRuns", Optional.of(saved.get().afterRuns()), Optional.of(draft.afterRuns()))
                    .schedule(saved.get().schedule(), draft.schedule())
                    .found();
            return thing(differences.isEmpty() ? ComparedThingDto.StateEnum.SAME : ComparedThingDto.StateEnum.DIFFERENT)
                    .changes(differences)
                    .id(saved.get().id());
        } catch (ApiProblem unusable) {
            return thing(ComparedThingDto.StateEnum.UNUSABLE).problems(unusable.fields());
        }
    }

    private static ComparedThingDto thing(ComparedThingDto.StateEnum state) {
        return new ComparedThingDto(state, List.of(), List.of(), List.of());
    }
}

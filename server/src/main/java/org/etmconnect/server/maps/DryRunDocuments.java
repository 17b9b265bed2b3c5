// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.maps;

import java.util.List;
import java.util.Optional;
import org.etmconnect.inventory.apply.InventoryChanges;
import org.etmconnect.inventory.runs.RunCounts;
import org.etmconnect.server.rest.model.AssetForecastDto;
import org.etmconnect.server.rest.model.AssetMoveDto;
import org.etmconnect.server.rest.model.DryRunDto;
import org.etmconnect.server.rest.model.DryRunResultDto;
import org.etmconnect.server.rest.model.FailureExampleDto;
import org.etmconnect.server.rest.model.FailureKindDto;
import org.etmconnect.server.rest.model.FieldChangesDto;
import org.etmconnect.server.rest.model.FieldFillDto;
import org.etmconnect.server.rest.model.FindingForecastDto;
import org.etmconnect.server.rest.model.RowFailuresDto;
import org.etmconnect.server.rest.model.RunFailureDto;
import org.etmconnect.server.rest.model.ValueChangeDto;
import org.etmconnect.server.runs.Runs;
import org.etmconnect.sync.DryRun;
import org.etmconnect.sync.DryRunResult;
import org.etmconnect.sync.TransformMaps;

/** Dry runs as REST documents. */
final class DryRunDocuments {

    private static final String FINDINGS = "finding[].";

    private DryRunDocuments() {}

    static DryRunDto document(DryRun dryRun, boolean withResult) {
        DryRunDto document = new DryRunDto(
                dryRun.id(),
                dryRun.connectionId(),
                dryRun.map(),
                DryRunDto.StateEnum.valueOf(dryRun.state().name()),
                dryRun.state().ended(),
                dryRun.startedBy(),
                dryRun.queuedAt());
        dryRun.mapVersion().ifPresent(document::setVersion);
        dryRun.finishedAt().ifPresent(document::setFinishedAt);
        dryRun.progress().map(Runs::progress).ifPresent(document::setProgress);
        dryRun.failure()
                .map(failure ->
                        new RunFailureDto(FailureKindDto.valueOf(failure.kind().name()), failure.message()))
                .ifPresent(document::setFailure);
        if (withResult) {
            dryRun.result().map(DryRunDocuments::result).ifPresent(document::setResult);
        }
        return document;
    }

    private static DryRunResultDto result(DryRunResult result) {
        DryRunResultDto document = new DryRunResultDto(
                result.runId(),
                result.snapshotAt(),
                result.sealed(),
                result.missing(),
                Runs.counts(result.changes().counts()),
                result.warnings().stream()
                        .map(warning -> MapDocuments.problem(
                                new TransformMaps.Located(warning, Optional.empty(), Optional.empty())))
                        .toList(),
                result.fill().stream().map(DryRunDocuments::fill).toList(),
                result.failures().stream().map(DryRunDocuments::failures).toList(),
                assets(result.changes()),
                findings(result.changes()));
        document.setHostDependent(result.hostDependent());
        return document;
    }

    private static FieldFillDto fill(DryRunResult.Fill fill) {
        return new FieldFillDto(
                fill.target(),
                fill.mapped(),
                fill.ofFindings() ? FieldFillDto.UnitEnum.VULNERABILITIES : FieldFillDto.UnitEnum.HOSTS,
                fill.filled(),
                fill.of());
    }

    private static RowFailuresDto failures(DryRunResult.RowFailures failures) {
        return new RowFailuresDto(
                failures.row(),
                failures.source(),
                failures.target(),
                failures.count(),
                failures.examples().stream()
                        .map(example -> new FailureExampleDto(example.of(), example.value(), example.reason()))
                        .toList());
    }

    private static AssetForecastDto assets(InventoryChanges changes) {
        RunCounts counts = changes.counts();
        return new AssetForecastDto(
                counts.assetsNew(),
                counts.assetsUpdated(),
                counts.assetsUnchanged(),
                counts.assetsRetired(),
                counts.assetsReturned(),
                changes.merged(),
                changes.split(),
                moves(changes.mergeExamples()),
                moves(changes.splitExamples()),
                fields("", changes.assetFields()));
    }

    private static List<AssetMoveDto> moves(List<InventoryChanges.Move> moves) {
        return moves.stream()
                .map(move -> {
                    AssetMoveDto document = new AssetMoveDto(move.nativeKey(), move.why());
                    move.from().ifPresent(document::setFromAssetId);
                    move.to().ifPresent(document::setToAssetId);
                    move.rule().ifPresent(document::setRule);
                    return document;
                })
                .toList();
    }

    private static FindingForecastDto findings(InventoryChanges changes) {
        RunCounts counts = changes.counts();
        return new FindingForecastDto(
                counts.findingsNew(),
                counts.findingsReopened(),
                counts.findingsFixed(),
                counts.findingsUnchanged(),
                changes.findingsOfChangedDefinitions(),
                counts.definitionsNew(),
                counts.definitionsUpdated(),
                fields(FINDINGS, changes.definitionFields()));
    }

    private static List<FieldChangesDto> fields(String prefix, List<InventoryChanges.Field> fields) {
        return fields.stream()
                .map(field -> new FieldChangesDto(
                        prefix + field.target(),
                        field.documents(),
                        field.examples().stream()
                                .map(example -> {
                                    ValueChangeDto change = new ValueChangeDto(example.of());
                                    example.before().ifPresent(change::setBefore);
                                    example.after().ifPresent(change::setAfter);
                                    return change;
                                })
                                .toList()))
                .toList();
    }
}

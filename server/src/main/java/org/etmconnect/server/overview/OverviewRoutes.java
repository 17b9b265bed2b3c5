// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.overview;

import java.time.Duration;
import java.time.InstantSource;
import org.etmconnect.query.Overview;
import org.etmconnect.query.OverviewReader;
import org.etmconnect.server.database.ConnectionPools;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.OverviewApi;
import org.etmconnect.server.rest.model.CriticalHostDto;
import org.etmconnect.server.rest.model.FindingAgeDto;
import org.etmconnect.server.rest.model.FindingDayDto;
import org.etmconnect.server.rest.model.OverviewDto;
import org.etmconnect.server.rest.model.SeverityCountsDto;
import org.etmconnect.server.rest.model.WidestCveDto;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OverviewRoutes implements OverviewApi {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final RecentOverview recent;

    OverviewRoutes(ConnectionPools pools) {
        OverviewReader reader = new OverviewReader(pools.searches(), InstantSource.system(), LIMIT);
        this.recent = new RecentOverview(reader::read);
    }

    @Override
    public ResponseEntity<OverviewDto> getOverview() {
        return ResponseEntity.ok(recent.get()
                .map(OverviewRoutes::document)
                .orElseThrow(() -> ApiProblem.timeout(
                        "The overview took longer than " + LIMIT.toSeconds() + " s",
                        "The database is busy, perhaps with a run. Try again in a while.")));
    }

    private static OverviewDto document(Overview overview) {
        return new OverviewDto(
                overview.at(),
                overview.activeAssets(),
                overview.retiredAssets(),
                severities(overview),
                overview.widestCves().stream().map(OverviewRoutes::document).toList(),
                overview.criticalHosts().stream().map(OverviewRoutes::document).toList(),
                overview.ages().stream().map(OverviewRoutes::document).toList(),
                overview.days().stream().map(OverviewRoutes::document).toList());
    }

    private static SeverityCountsDto severities(Overview overview) {
        return new SeverityCountsDto(
                overview.openFindings().values().stream()
                        .mapToLong(Long::longValue)
                        .sum(),
                of(overview, 5),
                of(overview, 4),
                of(overview, 3),
                of(overview, 2),
                of(overview, 1),
                of(overview, 0));
    }

    private static long of(Overview overview, int severity) {
        return overview.openFindings().getOrDefault(severity, 0L);
    }

    private static WidestCveDto document(Overview.WidestCve cve) {
        WidestCveDto document = new WidestCveDto(cve.cveId(), cve.openFindings());
        cve.severity().ifPresent(document::setSeverity);
        cve.riskScore().ifPresent(document::setSourceRiskScore);
        return document;
    }

    private static CriticalHostDto document(Overview.CriticalHost host) {
        CriticalHostDto document = new CriticalHostDto(host.assetId(), host.critical());
        host.name().ifPresent(document::setName);
        return document;
    }

    private static FindingAgeDto document(Overview.Age age) {
        FindingAgeDto document = new FindingAgeDto(age.fromDays(), age.openFindings());
        age.toDays().ifPresent(document::setToDays);
        return document;
    }

    private static FindingDayDto document(Overview.Day day) {
        return new FindingDayDto(day.day(), day.opened(), day.fixed(), day.reopened());
    }
}

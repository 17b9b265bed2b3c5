// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.ProfileDraft;
import org.etmconnect.inventory.configuration.ProfileOutcome;
import org.etmconnect.inventory.configuration.ProfileStore;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ProfilesApi;
import org.etmconnect.server.rest.model.ProfileChangeDto;
import org.etmconnect.server.rest.model.ProfileDto;
import org.etmconnect.server.rest.model.ProfileInputDto;
import org.etmconnect.server.rest.model.ProfileListDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.rest.model.ScheduleDto;
import org.etmconnect.server.rest.model.SchedulePreviewDto;
import org.etmconnect.server.runs.Runs;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.sync.schedule.ProfileScheduler;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ProfileRoutes implements ProfilesApi {

    private static final int SHOWN_TIMES = 5;

    private final ConfigurationStore configuration;
    private final ProfileStore profiles;
    private final TransformMaps maps;
    private final ConnectorCatalogue catalogue;
    private final Runs runs;
    private final ProfileScheduler scheduler;
    private final Clock clock;

    ProfileRoutes(
            ConfigurationStore configuration,
            ProfileStore profiles,
            TransformMaps maps,
            ConnectorCatalogue catalogue,
            Runs runs,
            ProfileScheduler scheduler,
            Clock clock) {
        this.configuration = configuration;
        this.profiles = profiles;
        this.maps = maps;
        this.catalogue = catalogue;
        this.runs = runs;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    @Override
    public ResponseEntity<ProfileListDto> listProfiles(@Nullable Integer connectionId) {
        OptionalInt only = connectionId == null ? OptionalInt.empty() : OptionalInt.of(connectionId);
        Instant now = clock.instant();
        return ResponseEntity.ok(new ProfileListDto(configuration.profiles(only).stream()
                .map(profile -> document(profile, now))
                .toList()));
    }

    @Override
    public ResponseEntity<ProfileDto> getProfile(Integer profileId) {
        return ResponseEntity.ok(document(profile(profileId), clock.instant()));
    }

    @Override
    public ResponseEntity<ProfileDto> createProfile(Integer connectionId, ProfileInputDto input) {
        SavedConnection connection = configuration
                .connection(connectionId)
                .orElseThrow(() -> ApiProblem.notFound("connection " + connectionId, ConnectionRoutes.LIST));
        ProfileDto created = saved(profiles.create(connectionId, draft(input, connection)), "connection", connectionId);
        return ResponseEntity.created(URI.create("/api/v1/profiles/" + created.getId()))
                .body(created);
    }

    @Override
    public ResponseEntity<ProfileDto> updateProfile(Integer profileId, ProfileInputDto input) {
        Profile profile = profile(profileId);
        SavedConnection connection =
                configuration.connection(profile.connectionId()).orElseThrow(() -> missing(profileId));
        return ResponseEntity.ok(saved(profiles.update(profileId, draft(input, connection)), "profile", profileId));
    }

    @Override
    public ResponseEntity<Void> deleteProfile(Integer profileId) {
        return switch (profiles.delete(profileId)) {
            case ProfileOutcome.Deleted() -> {
                scheduler.changed(profileId);
                yield ResponseEntity.noContent().build();
            }
            case ProfileOutcome.Running(int runId) ->
                throw ApiProblem.conflict(
                        "A run of the profile waits or is under way",
                        "Wait for run " + runId + " to end, or cancel it with POST /api/v1/runs/" + runId + "/cancel.");
            case ProfileOutcome.Missing() -> throw missing(profileId);
            case ProfileOutcome.Saved _, ProfileOutcome.NameTaken _ ->
                throw new IllegalStateException("Deleting profile " + profileId + " stored it");
        };
    }

    @Override
    public ResponseEntity<ProfileDto> changeProfile(Integer profileId, ProfileChangeDto change) {
        Profile changed = configuration.activate(profileId, change.getActive()).orElseThrow(() -> missing(profileId));
        scheduler.changed(profileId);
        return ResponseEntity.ok(document(changed, clock.instant()));
    }

    @Override
    public ResponseEntity<SchedulePreviewDto> previewSchedule(ScheduleDto document) {
        Schedule schedule = ScheduleDocument.read(document, "");
        Instant now = clock.instant();
        return ResponseEntity.ok(new SchedulePreviewDto(
                ScheduleDocument.text(schedule), schedule.next(now, SHOWN_TIMES), notices(schedule, now)));
    }

    @Override
    public ResponseEntity<RunDto> startRun(Integer profileId) {
        Profile profile = profile(profileId);
        if (!profile.active()) {
            throw ApiProblem.conflict(
                    "Profile \"" + profile.name() + "\" is Inactive",
                    "Set it Active first: PATCH /api/v1/profiles/" + profileId + " with {\"active\": true}.");
        }
        RunDto run = runs.start(profile);
        return ResponseEntity.accepted()
                .location(URI.create("/api/v1/runs/" + run.getId()))
                .body(run);
    }

    private ProfileDraft draft(ProfileInputDto input, SavedConnection connection) {
        return new ProfileReading(
                        catalogue,
                        name -> maps.shipped(name).isPresent(),
                        (name, version) -> maps.find(name, version).map(TransformMaps.Found::map))
                .read(input, connection.connector());
    }

    private ProfileDto saved(ProfileOutcome outcome, String what, int id) {
        return switch (outcome) {
            case ProfileOutcome.Saved(Profile profile) -> {
                scheduler.changed(profile.id());
                Instant now = clock.instant();
                yield document(profile, now).notices(notices(profile.schedule(), now));
            }
            case ProfileOutcome.NameTaken(String name) ->
                throw ApiProblem.conflict(
                        "The connection has a profile \"" + name + "\" already",
                        "Choose another name, or change that one.");
            case ProfileOutcome.Missing() ->
                throw what.equals("profile")
                        ? missing(id)
                        : ApiProblem.notFound(what + " " + id, ConnectionRoutes.LIST);
            case ProfileOutcome.Deleted _, ProfileOutcome.Running _ ->
                throw new IllegalStateException("Storing a profile of " + what + " " + id + " deleted it");
        };
    }

    private static List<String> notices(Schedule schedule, Instant now) {
        List<String> notices = new ArrayList<>();
        boolean never = schedule.next(now).isEmpty();
        switch (schedule) {
            case Schedule.None() -> {}
            case Schedule.SingleOccurrence _ -> {
                if (never) {
                    notices.add(
                            "That time has passed, so the profile will not run by its schedule. Give a later time.");
                }
            }
            case Schedule.Recurring _ -> {
                if (never) {
                    notices.add("The schedule is not due any more before its end, so the profile will not run by it."
                            + " Give a later end.");
                }
            }
        }
        return List.copyOf(notices);
    }

    private Profile profile(int profileId) {
        return configuration.profile(profileId).orElseThrow(() -> missing(profileId));
    }

    private static ApiProblem missing(int profileId) {
        return ApiProblem.notFound("profile " + profileId, "GET /api/v1/profiles lists those there are.");
    }

    static ProfileDto document(Profile profile, Instant now) {
        ProfileDto document = new ProfileDto(
                profile.id(),
                profile.connectionId(),
                profile.name(),
                profile.description(),
                profile.transformMap(),
                profile.active(),
                ScheduleDocument.write(profile.schedule()),
                ScheduleDocument.text(profile.schedule()),
                profile.active() ? profile.schedule().next(now, SHOWN_TIMES) : List.of(),
                profile.createdAt());
        profile.transformMapVersion().ifPresent(document::setTransformMapVersion);
        document.setNotices(null);
        return document;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.connections;

import java.net.URI;
import java.util.OptionalInt;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.server.problem.ApiProblem;
import org.etmconnect.server.rest.api.ProfilesApi;
import org.etmconnect.server.rest.model.ProfileChangeDto;
import org.etmconnect.server.rest.model.ProfileDto;
import org.etmconnect.server.rest.model.ProfileListDto;
import org.etmconnect.server.rest.model.RunDto;
import org.etmconnect.server.runs.Runs;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ProfileRoutes implements ProfilesApi {

    private final ConfigurationStore configuration;
    private final Runs runs;

    ProfileRoutes(ConfigurationStore configuration, Runs runs) {
        this.configuration = configuration;
        this.runs = runs;
    }

    @Override
    public ResponseEntity<ProfileListDto> listProfiles(@Nullable Integer connectionId) {
        OptionalInt only = connectionId == null ? OptionalInt.empty() : OptionalInt.of(connectionId);
        return ResponseEntity.ok(new ProfileListDto(configuration.profiles(only).stream()
                .map(ProfileRoutes::document)
                .toList()));
    }

    @Override
    public ResponseEntity<ProfileDto> getProfile(Integer profileId) {
        return ResponseEntity.ok(document(profile(profileId)));
    }

    @Override
    public ResponseEntity<ProfileDto> changeProfile(Integer profileId, ProfileChangeDto change) {
        return ResponseEntity.ok(configuration
                .activate(profileId, change.getActive())
                .map(ProfileRoutes::document)
                .orElseThrow(() -> missing(profileId)));
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

    private Profile profile(int profileId) {
        return configuration.profile(profileId).orElseThrow(() -> missing(profileId));
    }

    private static ApiProblem missing(int profileId) {
        return ApiProblem.notFound("profile " + profileId, "GET /api/v1/profiles lists those there are.");
    }

    static ProfileDto document(Profile profile) {
        return new ProfileDto(
                profile.id(),
                profile.connectionId(),
                profile.name(),
                profile.description(),
                profile.transformMap(),
                profile.active(),
                profile.createdAt());
    }
}

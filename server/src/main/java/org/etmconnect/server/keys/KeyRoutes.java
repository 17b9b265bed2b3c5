// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.keys;

import java.util.ArrayList;
import java.util.List;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.KeyRotation;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.server.rest.api.KeysApi;
import org.etmconnect.server.rest.model.EncryptionKeyDto;
import org.etmconnect.server.rest.model.KeyRotationDto;
import org.etmconnect.server.rest.model.KeySetDto;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class KeyRoutes implements KeysApi {

    private final ConfigurationStore configuration;

    KeyRoutes(ConfigurationStore configuration) {
        this.configuration = configuration;
    }

    @Override
    public ResponseEntity<KeySetDto> getKeys() {
        return ResponseEntity.ok(document(configuration.keySet()));
    }

    @Override
    public ResponseEntity<KeyRotationDto> rotateKeys() {
        KeyRotation rotation = configuration.rotateKeys();
        KeySet keys = configuration.keySet();
        List<String> notices = new ArrayList<>();
        if (!rotation.undecipherable().isEmpty()) {
            notices.add("No key decrypts the credentials of " + String.join(", ", rotation.undecipherable())
                    + "; they stay as they were. Enter them again.");
        }
        List<String> old = keys.keys().stream()
                .filter(key -> !key.primary())
                .map(KeySet.KeyInfo::id)
                .toList();
        if (!old.isEmpty()) {
            notices.add("Nothing is encrypted with " + String.join(", ", old) + " any more. Take "
                    + (old.size() == 1 ? "that key" : "those keys") + " out of " + keys.where()
                    + " on all servers, and start them again.");
        } else if (!keys.isOwn()) {
            notices.add("The keys are yours, so the server made no new one. Put a new key first in " + keys.where()
                    + " on all servers, start them again, and rotate once more.");
        }
        return ResponseEntity.ok(new KeyRotationDto(
                rotation.connections(), rotation.destinations(), rotation.undecipherable(), document(keys), notices));
    }

    private static KeySetDto document(KeySet keys) {
        return new KeySetDto(
                keys.where(),
                keys.isOwn(),
                keys.keys().stream()
                        .map(key -> new EncryptionKeyDto(key.id(), key.primary()))
                        .toList());
    }
}

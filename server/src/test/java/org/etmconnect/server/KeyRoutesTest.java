// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KeyRoutesTest {

    @Test
    void aRotationLeavesOneNewKeyAndShowsNone() {
        JsonNode before = TestServer.json(TestServer.get("/api/v1/keys"));

        JsonNode rotation = TestServer.json(TestServer.post("/api/v1/keys/rotation", ""));

        JsonNode after = TestServer.json(TestServer.get("/api/v1/keys"));
        assertThat(before.path("keys")).hasSize(1);
        assertThat(after.path("keys")).hasSize(1);
        assertThat(after.at("/keys/0/primary").asBoolean()).isTrue();
        assertThat(after.at("/keys/0/id")).isNotEqualTo(before.at("/keys/0/id"));
        assertThat(rotation.path("keys")).isEqualTo(after);
        assertThat(rotation.path("notices")).isEmpty();
        assertThat(after.at("/keys/0").propertyNames()).containsExactlyInAnyOrder("id", "primary");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

class ConfigurationFuzzTest {

    @FuzzTest
    void everyFileIsReadOrEachMistakeHasAPlace(byte[] data) {
        ConfigurationReader reader = new ConfigurationReader(_ -> Optional.of("from the environment"));

        reader.read("etm.yaml", new String(data, StandardCharsets.UTF_8), Path.of("target"));

        assertThat(reader.problems()).allSatisfy(problem -> assertThat(problem).startsWith("etm.yaml:"));
        assertThat(reader.documents())
                .allSatisfy(document -> assertThat(document.title()).isNotNull());
    }
}

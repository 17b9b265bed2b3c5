// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TortureTest {

    @TempDir
    Path folder;

    /** Nine seeds of the engine and one of a real server; {@code ./etm torture} runs more of them. */
    @Test
    void tenSeedsLeaveTheInventoryOfAHistoryWithoutFaults() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        boolean held = Torture.run(1, 10, folder.resolve("work"), new PrintStream(said, true, StandardCharsets.UTF_8));

        assertThat(held).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }

    @Test
    void theSameSeedMakesTheSameScript() {
        assertThat(Script.of(1734)).isEqualTo(Script.of(1734)).isNotEqualTo(Script.of(1735));
    }
}

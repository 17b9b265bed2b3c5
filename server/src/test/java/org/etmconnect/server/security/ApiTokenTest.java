// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiTokenTest {

    @TempDir
    private Path directory;

    @Test
    void theFirstStartMakesATokenThatItsOwnerAloneCanRead() throws Exception {
        Path file = directory.resolve("api-token");
        ApiToken token = ApiToken.openOrCreate(file);
        String text = Files.readString(file).strip();

        assertThat(text).matches("etm_[A-Za-z0-9_-]{43}");
        assertThat(token.matches(text)).isTrue();
        assertThat(token.matches(text + "x")).isFalse();
        assertThat(token.matches("")).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void theTokenStaysOverARestartAlsoWhenItsClearTextWasTakenAway() throws Exception {
        Path file = directory.resolve("api-token");
        ApiToken.openOrCreate(file);
        String text = Files.readString(file).strip();
        Files.delete(file);

        assertThat(ApiToken.openOrCreate(file).matches(text)).isTrue();
        assertThat(file).doesNotExist();
        assertThat(Files.readString(directory.resolve("api-token.sha256"))).doesNotContain(text);
    }

    @Test
    void withoutBothFilesThereIsANewToken() throws Exception {
        Path file = directory.resolve("api-token");
        ApiToken.openOrCreate(file);
        String text = Files.readString(file).strip();
        Files.delete(file);
        Files.delete(directory.resolve("api-token.sha256"));

        assertThat(ApiToken.openOrCreate(file).matches(text)).isFalse();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {

    private static final String NAME = "anna.meier";

    private final Passwords passwords = new Passwords(LeakedPasswords.none());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "aaaaaaaaaaaaaaaa",
                "abcdefghijklmnop",
                "1q2w3e4r5t6y",
                "qwertyuiop123",
                "iloveyou1234",
                "Password1234!",
                "P4ssw0rdP4ssw0rd",
                "summer2026summer",
                "anna.meier12345",
                "meier-anna-2026",
                "ETM-Connect-2026",
                "QualysCortex2026",
                "QualysTruRisk!!"
            })
    void whatIsGuessedEasilyIsRefused(String weak) {
        assertThat(passwords.problem(NAME, weak)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse battery staple",
                "sonnenblume im garten",
                "k3fp-9xwq-a7mt",
                "zwölf Äpfel für Oma",
                "голубая лампа над столом"
            })
    void aFewWordsOrEnoughChanceAreTaken(String strong) {
        assertThat(passwords.problem(NAME, strong)).isEmpty();
    }

    @Test
    void aLongOneIsTakenAndAnEndlessOneIsNot() {
        String words = "lamp quiver seldom archive ";

        assertThat(passwords.problem(NAME, words.repeat(7))).isEmpty();
        assertThat(passwords.problem(NAME, words.repeat(8))).isPresent();
    }

    @Test
    void theWorstTakesABoundedTime() {
        long begin = System.nanoTime();

        assertThat(passwords.problem(NAME, "4@8({[<36912!|105$7+%".repeat(9))).isNotNull();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aLeakedOneIsRefusedHoweverGoodItLooks(@TempDir Path directory) throws Exception {
        // SHA-1 of "correct horse battery staple"
        Path list = Files.writeString(directory.resolve("leaked"), "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42:131\n");
        Passwords withList = new Passwords(LeakedPasswords.in(list));

        assertThat(withList.problem(NAME, "correct horse battery staple"))
                .isEqualTo(Optional.of("Take another: this one is in lists of leaked passwords."));
        assertThat(withList.problem(NAME, "correct horse battery stapler")).isEmpty();
    }
}

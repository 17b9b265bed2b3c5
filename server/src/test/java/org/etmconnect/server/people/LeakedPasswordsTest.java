// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeakedPasswordsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1000})
    void whatIsInTheListIsFoundAndNothingElse(int size) throws Exception {
        Random random = new Random(size);
        Set<String> listed = new HashSet<>();
        while (listed.size() < size) {
            listed.add("listed " + random.nextInt());
        }
        LeakedPasswords leaked = LeakedPasswords.in(file(lines(listed, random)));

        assertThat(listed).allMatch(leaked::hold);
        for (int index = 0; index < 1000; index++) {
            assertThat(leaked.hold("other " + index)).isFalse();
        }
    }

    @Test
    void aListMayHaveSmallDigitsNoNumbersAndNoEndOfItsLastLine() throws Exception {
        String one = hash("one").toLowerCase(Locale.ROOT);

        assertThat(LeakedPasswords.in(file(one)).hold("one")).isTrue();
        assertThat(LeakedPasswords.in(file(one)).hold("two")).isFalse();
    }

    @Test
    void aFileThatIsNoSuchListIsRefusedWithTheReason() throws Exception {
        String low = "0".repeat(40);
        String high = "F".repeat(40);

        assertThatThrownBy(() -> LeakedPasswords.in(directory.resolve("missing")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing");
        for (String text : List.of(
                "", "\n", "123456\npassword\n", low + ":x\n", low + "0\n", low + " ".repeat(200) + "\n" + high)) {
            Path file = file(text);
            assertThatThrownBy(() -> LeakedPasswords.in(file))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SHA-1");
        }
        Path unordered = file(high + "\n" + low + "\n");
        assertThatThrownBy(() -> LeakedPasswords.in(unordered)).hasMessageContaining("order");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "list", ".txt"), text);
    }

    /** As the downloader makes them, numbers of any length included. */
    private static String lines(Set<String> passwords, Random random) throws NoSuchAlgorithmException {
        TreeMap<String, Integer> sorted = new TreeMap<>();
        for (String password : passwords) {
            sorted.put(hash(password), 1 + random.nextInt(1 << random.nextInt(31)));
        }
        StringBuilder text = new StringBuilder();
        sorted.forEach(
                (hash, count) -> text.append(hash).append(':').append(count).append("\r\n"));
        return text.toString();
    }

    private static String hash(String password) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .withUpperCase()
                .formatHex(MessageDigest.getInstance("SHA-1").digest(password.getBytes(StandardCharsets.UTF_8)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the commands write to.
 *
 * @param interactive whether a person looks at it
 * @param width in characters
 */
record Terminal(boolean interactive, int width) {

    private static final int WIDTH_OF_FILES = 160;
    private static final int SMALLEST = 40;

    static Terminal current() {
        Console console = System.console();
        boolean interactive = console != null && console.isTerminal() && System.getenv("CI") == null;
        int width = Optional.ofNullable(System.getenv("COLUMNS"))
                .flatMap(Terminal::number)
                .or(() -> interactive ? measured() : Optional.empty())
                .orElse(WIDTH_OF_FILES);
        return new Terminal(interactive, Math.max(SMALLEST, width));
    }

    private static Optional<Integer> measured() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            stty.waitFor(1, TimeUnit.SECONDS);
            int space = answer.indexOf(' ');
            return space < 0 ? Optional.empty() : number(answer.substring(space + 1));
        } catch (IOException noTerminal) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text.strip())).filter(value -> value > 0);
        } catch (NumberFormatException none) {
            return Optional.empty();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.status.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class PlainLogTest {

    @ParameterizedTest
    @ValueSource(strings = {"console", "file"})
    void noForeignTextBeginsALineOfTheLog(String log) throws IOException {
        LoggerContext context = new LoggerContext();
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(pattern(log));
        layout.start();
        String forged = "2026-03-01T00:00:00Z ERROR [main] x - all is lost";

        String text = layout.doLayout(new LoggingEvent(
                "x",
                context.getLogger("org.etmconnect.Some"),
                Level.WARN,
                "The user a\n" + forged + "\r\n" + forged + " is not known",
                new IOException("b\n" + forged),
                new Object[0]));

        assertThat(context.getStatusManager().getCopyOfStatusList())
                .as("what logback has to say of the pattern")
                .noneMatch(said -> said.getLevel() > Status.INFO);
        assertThat(text)
                .contains("The user a\n    2026-03-01", "\n    2026-03-01", "java.io.IOException: b\n    2026-03-01")
                .containsPattern("\n\\s+at org\\.etmconnect")
                .endsWith("\n");
        assertThat(text.lines().filter(line -> line.startsWith("2026-03-01"))).isEmpty();
    }

    private static String pattern(String log) throws IOException {
        try (InputStream file = Objects.requireNonNull(PlainLogTest.class.getResourceAsStream("/application.yaml"))) {
            Map<?, ?> settings = new Yaml().load(file);
            Map<?, ?> patterns = (Map<?, ?>) ((Map<?, ?>) settings.get("logging")).get("pattern");
            return String.valueOf(patterns.get(log));
        }
    }
}

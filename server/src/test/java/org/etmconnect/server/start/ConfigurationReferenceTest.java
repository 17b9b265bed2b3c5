// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The reference page lists the options as they are. To write it anew: {@code mvn -pl server test
 * -Dconfiguration.reference=write}.
 */
class ConfigurationReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");
    private static final String BEGIN = "<!-- options: made from the program, do not edit below -->\n";

    @Test
    void theReferencePageListsTheOptionsAsTheyAre() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(BEGIN);
        String expected = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + options();
        if ("write".equals(System.getProperty("configuration.reference"))) {
            Files.writeString(PAGE, expected);
            return;
        }
        assertThat(page)
                .as(PAGE + " is out of date; write it anew with -Dconfiguration.reference=write")
                .isEqualTo(expected);
    }

    private static String options() {
        StringBuilder text = new StringBuilder();
        text.append("\n| flag | environment | in `etm.yaml` | default | meaning |\n|---|---|---|---|---|\n");
        for (OptionSpec option : ServeCommand.describe().options()) {
            if (option.usageHelp() || option.versionHelp()) {
                continue;
            }
            String name = option.longestName().substring(2);
            boolean flag = option.arity().max() == 0;
            String standard =
                    option.defaultValue() == null ? (flag ? "`false`" : "") : "`" + option.defaultValue() + "`";
            text.append("| `%s` | `%s` | %s | %s | %s |\n"
                    .formatted(
                            "--" + name + (flag ? "" : " " + option.paramLabel()),
                            "ETM_" + name.replace('-', '_').toUpperCase(Locale.ROOT),
                            name.equals("data") ? "" : "`" + name + ": " + (flag ? "true" : "…") + "`",
                            standard,
                            meaning(option)));
        }
        new TreeMap<>(ServeCommand.SECRETS)
                .forEach((name, meaning) -> text.append("| | `%s` | `%s: …` | | %s |\n"
                        .formatted("ETM_" + name.replace('-', '_').toUpperCase(Locale.ROOT), name, meaning)));
        return text.toString();
    }

    private static String meaning(OptionSpec option) {
        String text = String.join(" ", option.description());
        return text.replaceFirst(" Default: .*$", "").replace("|", "\\|");
    }
}

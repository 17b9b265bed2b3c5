// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandLineTest {

    static Stream<CommandLine> commands() {
        return Etm.commandLine().getSubcommands().values().stream().flatMap(CommandLineTest::withChildren);
    }

    private static Stream<CommandLine> withChildren(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(CommandLineTest::withChildren));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasADescription(CommandLine command) {
        assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void noCommandTakesASecretAsAnArgument(CommandLine command) {
        assertThat(command.getCommandSpec().optionsMap().keySet())
                .doesNotContain("--api-key", "--token", "--password", "--secret");
    }

    @Test
    void aWrongOptionEndsWithTwo() {
        CommandLine command = Etm.commandLine();
        command.setErr(new PrintWriter(new StringWriter()));

        assertThat(command.execute("assets", "--nix")).isEqualTo(2);
    }

    @Test
    void anAbsentServerEndsWithOneAndSaysHowToStartIt() {
        StringWriter said = new StringWriter();
        CommandLine command = Etm.commandLine();
        command.setErr(new PrintWriter(said));

        assertThat(command.execute("connectors", "--server", "http://127.0.0.1:1"))
                .isEqualTo(1);
        assertThat(said.toString()).contains("http://127.0.0.1:1").contains("./etm serve");
    }

    @Test
    void theMarkStandsUnderThePlaceOfTheSecondLine() {
        JsonNode place = JsonMapper.shared()
                .readTree("{\"line\": 2, \"column\": 5, \"length\": 3, \"suggestion\": \"asset.name\"}");

        assertThat(Api.caret("first\nabc nam:x", place)).isEqualTo("""
                          abc nam:x
                              ^^^
                        Did you mean asset.name?\
                        """);
    }

    @Test
    void aPlaceBeyondTheTextDoesNotBreakTheMessage() {
        JsonNode place = JsonMapper.shared().readTree("{\"line\": 9, \"column\": 99, \"length\": 99}");

        assertThat(Api.caret("ab", place)).isEqualTo("  ab\n    ^");
    }

    @Test
    void aTableFitsTheTerminalAndLetsNoControlCharacterThrough() {
        StringWriter written = new StringWriter();
        JsonNode item = JsonMapper.shared()
                .readTree("{\"id\": 1234, \"name\": \"\\u001b[31mweb\", \"title\": \"" + "long ".repeat(40) + "\"}");
        new Output(new PrintWriter(written), 60)
                .list(
                        List.of(item),
                        List.of(
                                Column.number("ID", "/id"),
                                Column.text("NAME", "/name"),
                                Column.text("TITLE", "/title")),
                        Output.Form.table,
                        true,
                        true);

        assertThat(written.toString().lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(60));
        assertThat(written.toString()).contains("1,234").doesNotContain("\u001b");
    }

    @Test
    void csvQuotesWhatNeedsItAndDefusesFormulas() {
        StringWriter written = new StringWriter();
        JsonNode item = JsonMapper.shared()
                .readTree("{\"id\": -5, \"name\": \"=1+1\", \"addresses\": [\"10.0.0.1\", \"10.0.0.2\"]}");
        new Output(new PrintWriter(written), 60)
                .list(
                        List.of(item),
                        List.of(Column.number("", "/id"), Column.text("", "/name"), Column.text("", "/addresses")),
                        Output.Form.csv,
                        true,
                        true);

        assertThat(written.toString()).isEqualTo("id,name,addresses\r\n-5,'=1+1,\"10.0.0.1, 10.0.0.2\"\r\n");
    }

    @Test
    void jsonPagesTogetherAreOneArray() {
        StringWriter written = new StringWriter();
        Output output = new Output(new PrintWriter(written), 60);
        JsonNode item = JsonMapper.shared().readTree("{\"id\": 1}");
        output.list(List.of(item), List.of(), Output.Form.json, true, false);
        output.list(List.of(item, item), List.of(), Output.Form.json, false, true);

        assertThat(JsonMapper.shared().readTree(written.toString())).hasSize(3);
    }
}

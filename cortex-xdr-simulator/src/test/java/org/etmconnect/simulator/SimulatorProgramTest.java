// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SimulatorProgramTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine line = SimulatorProgram.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return line.execute(arguments);
    }

    @Test
    void theHelpHasAnExampleAndSaysHowAFaultIsWritten() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--fault get_endpoint@3-5:429", "10%/SEED", "--latency");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theTruthIsPrintedDayByDay() {
        assertThat(run("truth", "--endpoints", "100", "--cves", "5", "--day", "1"))
                .isZero();
        assertThat(out.toString()).contains("day 0: 100 assets (100 new", "day 1:");
        assertThat(run("truth", "--endpoints", "100", "--json")).isZero();
        assertThat(out.toString()).contains("\"assets\":100");
    }

    @Test
    void aWrongArgumentIsNamed() {
        assertThat(run("--day", "400")).isEqualTo(2);
        assertThat(run("--endpoints", "-3")).isEqualTo(2);
        assertThat(run("--fault", "get_endpoint:boom")).isEqualTo(2);
        assertThat(run("--latency", "soon")).isEqualTo(2);
        assertThat(err.toString()).contains("--day is 400", "endpoints is -3", "no fault 'boom'", "'soon' is no time");
    }
}

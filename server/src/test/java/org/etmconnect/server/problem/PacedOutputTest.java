// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacedOutputTest {

    private static final Duration PATIENCE = Duration.ofMillis(100);

    /** A client that takes as long for every piece, however large it is. */
    private static OutputStream takesFor(Duration time) {
        return new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    Thread.sleep(time);
                } catch (InterruptedException stopped) {
                    throw new IOException(stopped);
                }
            }
        };
    }

    @Test
    void aClientThatTakesLittleIsNotWaitedForWithoutEnd() {
        try (PacedOutput out = new PacedOutput(takesFor(Duration.ofMillis(30)), PATIENCE)) {
            assertThatThrownBy(() -> {
                        for (int pieces = 0; pieces < 20; pieces++) {
                            out.write(new byte[100], 0, 100);
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("takes too little");
        } catch (IOException closing) {
            throw new AssertionError(closing);
        }
    }

    @Test
    void aClientThatTakesEnoughIsWaitedFor() {
        assertThatCode(() -> {
                    try (PacedOutput out = new PacedOutput(takesFor(Duration.ofMillis(30)), PATIENCE)) {
                        for (int pieces = 0; pieces < 20; pieces++) {
                            out.write(new byte[64 << 10], 0, 64 << 10);
                        }
                    }
                })
                .doesNotThrowAnyException();
    }

    @Test
    void whatTheServerNeedsItselfIsNotTheClientsTime() {
        assertThatCode(() -> {
                    try (PacedOutput out = new PacedOutput(OutputStream.nullOutputStream(), PATIENCE)) {
                        for (int pieces = 0; pieces < 5; pieces++) {
                            Thread.sleep(50);
                            out.write(new byte[10], 0, 10);
                        }
                    }
                })
                .doesNotThrowAnyException();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * An answer that is as long as a whole inventory, and holds a connection to the database until it is read. Whoever takes less
 * than 8 KiB of it a second, on average of the time that the server waited for him, is not waited for any longer. Used by one
 * thread.
 */
public final class PacedOutput extends FilterOutputStream {

    private static final int LEAST_BYTES_A_SECOND = 8 << 10;

    private final Duration patience;
    private long waited;
    private long taken;

    /** @param patience how long the server may have waited before it compares */
    public PacedOutput(OutputStream answer, Duration patience) {
        super(answer);
        this.patience = patience;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        long begun = System.nanoTime();
        out.write(bytes, offset, length);
        waited += System.nanoTime() - begun;
        taken += length;
        if (waited > patience.toNanos() && taken < waited / 1e9 * LEAST_BYTES_A_SECOND) {
            throw new IOException("The client takes too little of the answer: %,d bytes in %,d s"
                    .formatted(taken, Duration.ofNanos(waited).toSeconds()));
        }
    }
}

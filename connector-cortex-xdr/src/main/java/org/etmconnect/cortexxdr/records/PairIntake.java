// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Takes host names row by row and has them numbered and turned round by a thread of its own, while the thread that calls
 * reads on. Used by one thread.
 */
final class PairIntake implements AutoCloseable {

    private static final int BATCH = 1 << 16;
    private static final int BATCHES = 4;
    private static final int LENGTH_BYTES = 2;
    private static final int ROW_BYTES = 4;
    /** A number of a row follows, not a name. */
    private static final int ROW = 0xffff;
    /** Set in the length of a name that is not all ASCII. */
    private static final int UNICODE = 0x8000;

    private static final int LONGEST = 0x3fff;
    private static final int SLACK = Long.BYTES;
    private static final int NO_ROW = -1;

    private final NameTable names;
    private final Inversion inversion;
    private final BlockingQueue<Batch> full = new ArrayBlockingQueue<>(BATCHES);
    private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(BATCHES);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private Batch batch = new Batch();
    private int row = NO_ROW;
    private boolean ended;

    private static final class Batch {
        final byte[] bytes = new byte[BATCH + SLACK];
        int used;
        boolean last;
    }

    /** Both are used by the thread alone until {@link #finish} returns. */
    PairIntake(NameTable names, Inversion inversion) {
        this.names = names;
        this.inversion = inversion;
        for (int i = 1; i < BATCHES; i++) {
            free.add(new Batch());
        }
        thread = Thread.ofPlatform().name("join").daemon().start(this::takeAll);
    }

    /** Notes that {@code ofRow} names a host, in ASCII and without regard to case. Rows come in ascending order. */
    void add(int ofRow, byte[] text, int from, int to) throws IOException {
        if (to - from > LONGEST) {
            add(ofRow, new String(text, from, to - from, StandardCharsets.US_ASCII));
        } else {
            put(ofRow, text, from, to - from, to - from);
        }
    }

    /** The same for a name in any characters. */
    void add(int ofRow, String name) throws IOException {
        String stripped = name.strip();
        byte[] text =
                stripped.substring(0, Math.min(stripped.length(), LONGEST / 3)).getBytes(StandardCharsets.UTF_8);
        boolean ascii = text.length == Math.min(stripped.length(), LONGEST / 3);
        put(ofRow, text, 0, text.length, ascii ? text.length : text.length | UNICODE);
    }

    private void put(int ofRow, byte[] text, int from, int length, int told) throws IOException {
        if (batch.used + 2 * LENGTH_BYTES + ROW_BYTES + length > BATCH) {
            handOver();
        }
        byte[] bytes = batch.bytes;
        int at = batch.used;
        if (row != ofRow) {
            row = ofRow;
            bytes[at++] = (byte) ROW;
            bytes[at++] = (byte) (ROW >>> 8);
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                bytes[at++] = (byte) (ofRow >>> shift);
            }
        }
        bytes[at++] = (byte) told;
        bytes[at++] = (byte) (told >>> 8);
        System.arraycopy(text, from, bytes, at, length);
        batch.used = at + length;
    }

    private void handOver() throws IOException {
        try {
            full.put(batch);
            batch = free.take();
            batch.used = 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The join was interrupted");
        }
        // no thread is to read a large tenant to its end for nothing
        if (failure != null) {
            finish();
        }
    }

    /** Waits until all names are taken in. */
    void finish() throws IOException {
        end();
        switch (failure) {
            case null -> {}
            case IOException e -> throw new IOException("The join could not go on: " + e.getMessage(), e);
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private void end() throws InterruptedIOException {
        if (ended) {
            return;
        }
        ended = true;
        batch.last = true;
        try {
            full.put(batch);
            done.await();
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The join was interrupted");
        }
    }

    private void takeAll() {
        int ofRow = NO_ROW;
        try {
            while (true) {
                Batch next = full.take();
                if (failure == null) {
                    try {
                        ofRow = take(next, ofRow);
                    } catch (IOException | RuntimeException | Error e) {
                        failure = e;
                    }
                }
                if (next.last) {
                    return;
                }
                free.put(next);
            }
        } catch (InterruptedException e) {
            failure = new InterruptedIOException("The join was interrupted");
        } finally {
            done.countDown();
        }
    }

    private int take(Batch next, int before) throws IOException {
        byte[] bytes = next.bytes;
        int ofRow = before;
        int at = 0;
        while (at < next.used) {
            int told = (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8);
            at += LENGTH_BYTES;
            if (told == ROW) {
                ofRow = 0;
                for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                    ofRow |= (bytes[at++] & 0xff) << shift;
                }
                continue;
            }
            int length = told & ~UNICODE;
            int name;
            if (told == length) {
                name = names.intern(bytes, at, length);
            } else {
                char[] text = new String(bytes, at, length, StandardCharsets.UTF_8).toCharArray();
                name = names.intern(text, 0, text.length);
            }
            if (name != NameTable.UNKNOWN) {
                inversion.add(name, ofRow);
            }
            at += length;
        }
        return ofRow;
    }

    @Override
    public void close() throws InterruptedIOException {
        end();
    }
}

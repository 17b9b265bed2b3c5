// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Hands out a pool's connections in the order of asking. A pool alone lets who has just given one back take it again before
 * those who wait for it have woken, and puts them at the end of the queue. Safe for use by several threads.
 */
public final class InTurn {

    private final DataSource pool;
    private final int most;
    private final Duration longestWait;
    private final Semaphore free;

    /**
     * @param most how many connections the pool has
     * @param longestWait after which asking fails, as it does for the pool's own reasons
     */
    public InTurn(DataSource pool, int most, Duration longestWait) {
        this.pool = pool;
        this.most = most;
        this.longestWait = longestWait;
        this.free = new Semaphore(most, true);
    }

    /** The pool's connections, in turn. */
    public DataSource connections() {
        return proxy(DataSource.class, (_, method, arguments) -> {
            if (!method.getName().equals("getConnection")) {
                return call(pool, method, arguments);
            }
            if (arguments != null) {
                throw new SQLException("The pool has one user; ask for a connection without");
            }
            take();
            try {
                return returning(pool.getConnection());
            } catch (Throwable none) {
                free.release();
                throw none;
            }
        });
    }

    /** How many wait for their turn now, about. */
    public int waiting() {
        return free.getQueueLength();
    }

    private void take() throws SQLException {
        try {
            if (!free.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException("None of the " + most
                        + " connections to the database was free within " + longestWait.toSeconds()
                        + " s. Try again later.");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for a connection to the database", stopped);
        }
    }

    private Connection returning(Connection connection) {
        AtomicBoolean open = new AtomicBoolean(true);
        return proxy(Connection.class, (_, method, arguments) -> {
            try {
                return call(connection, method, arguments);
            } finally {
                if (method.getName().equals("close") && open.getAndSet(false)) {
                    free.release();
                }
            }
        });
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(InTurn.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Between an engine and its database, pulled at a chosen moment: from then on every call fails, and the database finds its
 * clients gone in the middle of what they did, as after a SIGKILL. Safe for use by several threads.
 */
final class Plug {

    private final Set<Connection> live = ConcurrentHashMap.newKeySet();
    private final Runnable killPostgres;
    private @Nullable Crash armed;
    private int passed;
    private boolean pulled;

    Plug(Runnable killPostgres) {
        this.killPostgres = killPostgres;
    }

    DataSource over(DataSource database) {
        return (DataSource) Proxy.newProxyInstance(
                Plug.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    checkLive();
                    Object result = call(database, method, arguments);
                    return result instanceof Connection connection ? wrap(connection) : result;
                });
    }

    synchronized void arm(Crash crash) {
        armed = crash;
        passed = 0;
    }

    synchronized boolean isArmed() {
        return armed != null;
    }

    synchronized void disarm() {
        armed = null;
    }

    synchronized boolean isPulled() {
        return pulled;
    }

    void pull() {
        synchronized (this) {
            pulled = true;
        }
        cut();
    }

    /** Cuts the connections that there are. */
    void cut() {
        for (Connection connection : live) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException gone) {
                // it is to be gone
            }
        }
        live.clear();
    }

    private Connection wrap(Connection connection) {
        live.add(connection);
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("close")) {
                live.remove(connection);
                return call(connection, method, arguments);
            }
            checkLive();
            if (method.getName().equals("commit")) {
                return moment("commit", () -> call(connection, method, arguments));
            }
            Object result = call(connection, method, arguments);
            if (result instanceof Statement statement) {
                String sql =
                        arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : "";
                return wrap(statement, sql);
            }
            return result;
        };
        return (Connection)
                Proxy.newProxyInstance(Plug.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }

    private Object wrap(Statement statement, String sql) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            checkLive();
            String said = arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : sql;
            return moment(said, () -> call(statement, method, arguments));
        };
        return Proxy.newProxyInstance(
                Plug.class.getClassLoader(),
                new Class<?>[] {statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class},
                handler);
    }

    private interface Call {
        @Nullable
        Object run() throws Throwable;
    }

    private @Nullable Object moment(String sql, Call call) throws Throwable {
        Optional<Crash> crash = strikes(sql);
        if (crash.isEmpty()) {
            return call.run();
        }
        if (isDone(crash.get().moment())) {
            call.run();
        }
        switch (crash.get().what()) {
            case SERVER -> pull();
            case CONNECTIONS -> cut();
            case POSTGRES -> killPostgres.run();
            case MACHINE -> {
                pull();
                killPostgres.run();
            }
        }
        throw new SQLException("The connection was cut by the fault suite", "08006");
    }

    private static boolean isDone(Crash.Moment moment) {
        return switch (moment) {
            case Crash.Statement statement -> statement.done();
            case Crash.AtStage stage -> stage.done();
        };
    }

    private synchronized Optional<Crash> strikes(String sql) {
        Crash crash = armed;
        if (crash == null) {
            return Optional.empty();
        }
        boolean counts = switch (crash.moment()) {
            case Crash.Statement ignored -> !sql.contains("heartbeat_at") && !sql.contains("set activity");
            case Crash.AtStage stage -> stage.stage().says(sql);
        };
        int wanted = switch (crash.moment()) {
            case Crash.Statement statement -> statement.count();
            case Crash.AtStage stage -> stage.count();
        };
        if (!counts || ++passed < wanted) {
            return Optional.empty();
        }
        armed = null;
        return Optional.of(crash);
    }

    private synchronized void checkLive() throws SQLException {
        if (pulled) {
            throw new SQLException("The connection was cut by the fault suite", "08006");
        }
    }

    private static @Nullable Object call(Object of, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(of, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause() == null ? failed : failed.getCause();
        }
    }
}

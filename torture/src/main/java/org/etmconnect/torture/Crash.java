// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

/**
 * One crash of a run, at a moment.
 *
 * @param what what dies
 * @param moment when
 */
record Crash(Target what, Moment moment) {

    /** What dies. */
    enum Target {
        /** The engine or, of a real server, its process by SIGKILL. */
        SERVER,
        /** PostgreSQL, by SIGKILL of its first process. */
        POSTGRES,
        /** Both. */
        MACHINE,
        /** Nobody dies, but all connections to the database are cut. */
        CONNECTIONS
    }

    /** When it happens. */
    sealed interface Moment {}

    /**
     * At the {@code count}-th statement or commit of the run.
     *
     * @param done whether the database still does what is asked, only that nobody hears of it
     */
    record Statement(int count, boolean done) implements Moment {}

    /** At a named stage, when it is entered for the {@code count}-th time. */
    record AtStage(Stage stage, int count, boolean done) implements Moment {}

    /** The stages of a run that write, each known by what it says to the database. */
    enum Stage {
        BEGIN("set state = 'FETCHING'"),
        FETCH("update run set counts"),
        SEAL("set state = 'APPLYING'"),
        QUARANTINE("delete from quarantine"),
        OPEN("set last_applied_run"),
        DEFINE("insert into definition_count"),
        IDENTIFY("insert into identification_log"),
        INSERT("pg_get_serial_sequence"),
        UPDATE("set fingerprint = c.fingerprint"),
        NOTE("insert into pending_closure"),
        CLOSE("set fixed_run"),
        RETIRE("set retired_run"),
        COMPLETE("set last_complete_run"),
        END("finished_at = ?");

        private final String sql;

        Stage(String sql) {
            this.sql = sql;
        }

        boolean says(String statement) {
            return statement.contains(sql);
        }
    }
}

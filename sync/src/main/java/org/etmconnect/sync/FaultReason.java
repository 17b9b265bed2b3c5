// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;

/** What lies behind an exception that ended the work on a run. */
final class FaultReason {

    private static final String DISK_FULL = "53100";

    private FaultReason() {}

    /** Whether the database was away or took back what was asked, so that the same may succeed later. */
    static boolean isPassing(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientConnectionException
                    || cause instanceof SQLNonTransientConnectionException
                    || cause instanceof SQLRecoverableException) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null && isPassing(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPassing(String state) {
        return state.startsWith("08") // no connection
                || state.startsWith("57P0") // the server stops, crashed or starts
                || state.equals("53300") // too many connections
                || state.equals("40001") // not serializable
                || state.equals("40P01"); // deadlock
    }

    /** For the person who has to do something about it. */
    static String text(Throwable fault) {
        String message = fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && DISK_FULL.equals(sql.getSQLState())) {
                return "There is no room on the disk of the database. Make room, then run the profile again. ("
                        + message + ")";
            }
            if (cause instanceof IOException
                    && (String.valueOf(cause.getMessage()).contains("No space left on device")
                            || String.valueOf(cause.getMessage()).contains("Disk quota exceeded"))) {
                return "There is no room on the disk of the data directory. Make room, then run the profile again. ("
                        + message + ")";
            }
        }
        return message;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** What makes the runs, and is killed at it. */
interface Victim extends AutoCloseable {

    /** Asks for a run. May fail if it is killed over it. */
    void ask() throws Exception;

    /** Will crash as said, in the run that is asked for next. */
    void arm(Crash crash);

    /** Whether the crash it was armed for has not happened. */
    boolean isArmed();

    /** Calls an armed crash off. */
    void disarm();

    /** Called again and again while a run is under way; some crashes happen here. */
    void tick(Connection database) throws SQLException;

    /** Whether it has not crashed. */
    boolean isUp();

    /** Starts it anew over what the crash left. */
    void restart() throws Exception;

    /** Sets its clock, if it has one that can be set. */
    boolean jump(Duration by);

    /** Leaves so little room on its small disk that a run cannot be stored there; false if that cannot be done here. */
    boolean fillDisk() throws Exception;

    /** Gives the room back; nothing happens if there is enough. */
    void freeDisk() throws Exception;

    /** A connection of the suite's own to its database. */
    Connection connect() throws SQLException;

    @Override
    void close();
}

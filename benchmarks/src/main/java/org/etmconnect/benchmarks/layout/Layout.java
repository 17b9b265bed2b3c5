// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks.layout;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * One way to keep findings. Each works in a schema of its own that already holds {@code definition},
 * {@code definition_count} and {@code source_record}. Connections come with auto-commit off.
 */
interface Layout {

    /** The run of the first load, and the run that finds one host in a hundred changed. */
    int FIRST_RUN = 1;

    int SECOND_RUN = 2;

    /** Its name on the command line. */
    String name();

    /** What is special about it, in one line. */
    String description();

    /** Makes its tables, empty. */
    void create(Statement statement) throws SQLException;

    /** Writes all findings of the first run. Not the indexes that {@link #index} makes. */
    void load(Connection connection, FleetSets fleet) throws SQLException;

    /** Makes the indexes that are better made over a full table. */
    void index(Statement statement) throws SQLException;

    /** Applies the second run to the hosts that changed, whose whole new sets a sync has at hand. */
    void change(Connection connection, FleetSets before, FleetSets after) throws SQLException;

    /** The tables that hold findings; their indexes count with them. */
    List<String> tables();

    /** Hosts with an open finding of a definition, by record. Parameter: definition. */
    String pageByDefinition();

    /** Open findings, the worst first. Parameters: severity and definition to begin at. */
    String pageBySeverity();

    /** Open findings of one host, the worst first. Parameter: record. */
    String pageByHost();

    /** Findings, those first found last first. Parameters: run and record to begin at. */
    String pageNewestFirst();
}

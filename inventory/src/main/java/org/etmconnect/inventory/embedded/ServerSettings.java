// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.embedded;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings file that PostgreSQL reads at its start. */
final class ServerSettings {

    private ServerSettings() {}

    static String file(PostgresOptions options, int port, Path log) {
        Map<String, String> settings = new LinkedHashMap<>();
        String durable = options.durable() ? "on" : "off";
        settings.put("fsync", durable);
        // Also where a power cut may cost data: a killed server is to lose nothing that was committed.
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", durable);
        settings.put("shared_buffers", options.sharedBuffersMegabytes() + "MB");
        settings.put("work_mem", options.workMegabytes() + "MB");
        settings.put("maintenance_work_mem", options.maintenanceWorkMegabytes() + "MB");
        settings.put("max_wal_size", options.maxWalMegabytes() + "MB");
        settings.put("max_connections", Integer.toString(options.maxConnections()));
        settings.put("checkpoint_timeout", "15min");
        settings.put("checkpoint_completion_target", "0.9");
        // Nobody replicates from here: the least log, and COPY into a table of the same transaction may skip it.
        settings.put("wal_level", "minimal");
        settings.put("max_wal_senders", "0");
        settings.put("wal_compression", "on");
        settings.put("wal_buffers", "16MB");
        settings.put("random_page_cost", "1.1");
        settings.put("effective_io_concurrency", "64");
        // Short statements: compiling them costs more than it saves.
        settings.put("jit", "off");
        settings.put("autovacuum_max_workers", "2");
        settings.put("autovacuum_naptime", "30s");
        settings.put("autovacuum_vacuum_scale_factor", "0.05");
        settings.put("autovacuum_vacuum_insert_scale_factor", "0.1");
        settings.put("autovacuum_analyze_scale_factor", "0.05");
        settings.put("autovacuum_vacuum_cost_limit", "1000");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("lc_messages", "C");
        settings.put("logging_collector", "on");
        settings.put("log_directory", log.toString());
        settings.put("log_filename", "postgresql-%a.log");
        settings.put("log_truncate_on_rotation", "on");
        settings.put("log_rotation_age", "1d");
        settings.put("log_file_mode", "0600");
        settings.put("log_checkpoints", "off");
        settings.put("log_min_duration_statement", "5s");
        // Bound parameters may hold what a tenant would not want in a log.
        settings.put("log_parameter_max_length", "0");
        settings.put("log_parameter_max_length_on_error", "0");
        settings.putAll(options.settings());
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", "");
        settings.put("password_encryption", "scram-sha-256");

        StringBuilder text = new StringBuilder(
                "# Written anew at each start. Put settings of your own below the include" + " in postgresql.conf.\n");
        settings.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        return text.toString();
    }
}

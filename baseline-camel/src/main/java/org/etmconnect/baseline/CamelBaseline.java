// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.baseline;

import com.zaxxer.hikari.HikariDataSource;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Lands the hosts and vulnerabilities of a Cortex XDR tenant in PostgreSQL, by {@link TenantRoutes}. Settings come from the
 * environment: TENANT, KEY_ID, KEY, JDBC_URL, PGUSER, PGPASSWORD.
 */
public final class CamelBaseline {

    private CamelBaseline() {}

    /** Lands everything, then ends; with a failure if anything failed. */
    public static void main(String[] arguments) throws Exception {
        try (HikariDataSource database = new HikariDataSource();
                DefaultCamelContext camel = new DefaultCamelContext()) {
            database.setJdbcUrl(setting("JDBC_URL") + "?reWriteBatchedInserts=true");
            database.setUsername(setting("PGUSER"));
            database.setPassword(setting("PGPASSWORD"));
            camel.getRegistry().bind("inventory", database);
            camel.addRoutes(new TenantRoutes(setting("TENANT"), setting("KEY_ID"), setting("KEY")));
            camel.start();
            try (ProducerTemplate start = camel.createProducerTemplate()) {
                start.sendBody("direct:hosts", "");
                start.sendBody("direct:cves", "");
                start.sendBody("direct:findings", "");
            }
        }
    }

    private static String setting(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalArgumentException("The environment has no " + name);
        }
        return value;
    }
}

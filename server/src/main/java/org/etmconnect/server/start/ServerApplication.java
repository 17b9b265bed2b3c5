// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.time.Clock;
import javax.sql.DataSource;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.server.connections.ConnectorCatalogue;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;

/** Wires the rooms together. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
@ComponentScan("org.etmconnect.server")
class ServerApplication {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Database database(RunningServer.StartingDatabase starting) {
        return starting.join();
    }

    @Bean(destroyMethod = "")
    DataSource dataSource(Database database) {
        return database.dataSource();
    }

    @Bean
    ConfigurationStore configurationStore(DataSource dataSource, KeySet keySet, ServerOptions options, Clock clock) {
        return new ConfigurationStore(dataSource, keySet, options.allowPlainHttp(), clock);
    }

    @Bean
    RunStore runStore(DataSource dataSource, Clock clock) {
        return new RunStore(dataSource, clock);
    }

    @Bean
    ConnectorCatalogue connectorCatalogue() {
        return ConnectorCatalogue.ofInstalled();
    }
}

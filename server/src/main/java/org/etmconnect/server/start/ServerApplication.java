// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.etmconnect.delivery.Deliveries;
import org.etmconnect.delivery.DeliveryStore;
import org.etmconnect.delivery.csv.QualysEtmCsv;
import org.etmconnect.delivery.events.KafkaTopic;
import org.etmconnect.delivery.events.Webhook;
import org.etmconnect.delivery.ocsf.OcsfFiles;
import org.etmconnect.delivery.qualys.QualysEtmApi;
import org.etmconnect.inventory.apply.AssetSplits;
import org.etmconnect.inventory.apply.HeldClosures;
import org.etmconnect.inventory.apply.KeptHistory;
import org.etmconnect.inventory.apply.Reidentification;
import org.etmconnect.inventory.apply.VanishedHosts;
import org.etmconnect.inventory.assets.AssetReader;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.DestinationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.configuration.ProfileStore;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.quarantine.QuarantineStore;
import org.etmconnect.inventory.queries.SavedQueryStore;
import org.etmconnect.inventory.rules.RuleStore;
import org.etmconnect.inventory.runs.RunDetails;
import org.etmconnect.inventory.runs.RunShapes;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.query.AssetSearch;
import org.etmconnect.query.FindingSearch;
import org.etmconnect.server.connections.ConnectorCatalogue;
import org.etmconnect.server.database.ConnectionPools;
import org.etmconnect.server.inventory.WorkDirectory;
import org.etmconnect.server.system.Host;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.sync.DryRuns;
import org.etmconnect.sync.LastSnapshots;
import org.etmconnect.sync.StoredRecords;
import org.etmconnect.sync.SyncOptions;
import org.etmconnect.sync.SyncService;
import org.etmconnect.sync.TransformMaps;
import org.etmconnect.sync.schedule.ProfileScheduler;
import org.etmconnect.sync.schedule.SchedulerOptions;
import org.etmconnect.sync.shape.SeenFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private static final Logger LOG = LoggerFactory.getLogger(ServerApplication.class);

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    Database database(RunningServer.StartingDatabase starting) {
        return starting.join();
    }

    @Bean(destroyMethod = "")
    ConnectionPools connectionPools(Database database) {
        return database.pools();
    }

    @Bean(destroyMethod = "")
    DataSource dataSource(ConnectionPools pools) {
        return pools.dividing();
    }

    @Bean
    ConfigurationStore configurationStore(DataSource dataSource, KeySet keySet, ServerOptions options, Clock clock) {
        return new ConfigurationStore(dataSource, keySet, options.allowPlainHttp(), options.targets(), clock);
    }

    @Bean
    ProfileStore profileStore(DataSource dataSource, Clock clock) {
        return new ProfileStore(dataSource, clock);
    }

    @Bean
    QuarantineStore quarantineStore(DataSource dataSource) {
        return new QuarantineStore(dataSource);
    }

    @Bean
    RunStore runStore(DataSource dataSource, Clock clock) {
        return new RunStore(dataSource, clock);
    }

    @Bean
    HeldClosures heldClosures(DataSource dataSource, Clock clock) {
        return new HeldClosures(dataSource, clock);
    }

    @Bean
    SnapshotStore snapshotStore(DataDirectory directory, Clock clock) {
        return new SnapshotStore(directory.snapshots(), clock);
    }

    @Bean
    SyncOptions syncOptions(DataDirectory directory, ServerOptions options) {
        return SyncOptions.defaults(directory.work())
                .withSilence(options.takeOverAfter())
                .withStuckAfter(options.stuckAfter())
                .withKeptSnapshots(options.retention().snapshots());
    }

    @Bean
    MapStore mapStore(DataSource dataSource, Clock clock) {
        return new MapStore(dataSource, clock);
    }

    @Bean
    SeenFields seenFields(DataSource dataSource) {
        return new SeenFields(dataSource);
    }

    @Bean
    RunShapes runShapes(DataSource dataSource) {
        return new RunShapes(dataSource);
    }

    @Bean
    TransformMaps transformMaps(ConnectorCatalogue catalogue, MapStore store, SeenFields seen) {
        return new TransformMaps(catalogue.all(), store, seen::model);
    }

    @Bean
    LastSnapshots lastSnapshots(SnapshotStore snapshots) {
        return new LastSnapshots(snapshots);
    }

    @Bean
    StoredRecords storedRecords(LastSnapshots snapshots, TransformMaps maps, SyncOptions options) {
        return new StoredRecords(snapshots, maps, options);
    }

    @Bean
    DryRuns dryRuns(
            DataSource dataSource,
            RunStore runs,
            TransformMaps maps,
            LastSnapshots snapshots,
            SyncOptions options,
            Clock clock) {
        return new DryRuns(dataSource, runs, maps, snapshots, options, clock);
    }

    @Bean
    SyncService syncService(
            DataSource dataSource,
            RunStore runs,
            ConfigurationStore configuration,
            SnapshotStore snapshots,
            ConnectorCatalogue catalogue,
            TransformMaps maps,
            SyncOptions options) {
        return new SyncService(dataSource, runs, configuration, snapshots, catalogue.all(), maps, options);
    }

    @Bean
    ProfileScheduler profileScheduler(
            DataSource dataSource,
            ConfigurationStore configuration,
            SyncService sync,
            ServerOptions options,
            Clock clock) {
        return new ProfileScheduler(
                dataSource,
                configuration,
                sync::queueDue,
                () -> {
                    deleteVanished(new VanishedHosts(dataSource, clock));
                    options.retention()
                            .history()
                            .ifPresent(kept -> deleteHistory(new KeptHistory(dataSource, clock), kept));
                    options.retention()
                            .details()
                            .ifPresent(kept -> new RunDetails(dataSource)
                                    .deleteBefore(clock.instant().minus(kept)));
                },
                clock,
                SchedulerOptions.defaults());
    }

    @Bean
    DestinationStore destinationStore(ConfigurationStore configuration) {
        return new DestinationStore(configuration);
    }

    @Bean
    DeliveryStore deliveryStore(DataSource dataSource, Clock clock) {
        return new DeliveryStore(dataSource, clock);
    }

    @Bean
    Deliveries deliveries(
            DataSource dataSource,
            DestinationStore destinations,
            DeliveryStore store,
            DataDirectory directory,
            ServerOptions options,
            Clock clock) {
        return new Deliveries(
                dataSource,
                destinations,
                store,
                List.of(
                        new QualysEtmApi(),
                        new QualysEtmCsv(directory.deliveries(), directory.work()),
                        new OcsfFiles(directory.deliveries(), directory.work()),
                        new Webhook(),
                        new KafkaTopic()),
                clock,
                Duration.ofSeconds(2),
                options.takeOverAfter());
    }

    private static void deleteVanished(VanishedHosts hosts) {
        long deleted = hosts.delete();
        if (deleted > 0) {
            LOG.info(
                    "Deleted {} source records of hosts that were not seen for as long as their connections keep them",
                    deleted);
        }
    }

    private static void deleteHistory(KeptHistory history, Duration kept) {
        Map<String, Long> deleted = history.keep(kept);
        if (deleted.values().stream().anyMatch(rows -> rows > 0)) {
            LOG.info("Deleted history older than {} days, so many rows of each table: {}", kept.toDays(), deleted);
        }
    }

    @Bean
    WorkDirectory workDirectory(DataDirectory directory) {
        return new WorkDirectory(directory.work());
    }

    @Bean
    Host host(DataDirectory directory, ServerOptions options) {
        return new Host(
                Database.serverName(), directory.path(), options.database().isEmpty());
    }

    @Bean
    SavedQueryStore savedQueryStore(DataSource dataSource, Clock clock) {
        return new SavedQueryStore(dataSource, clock);
    }

    @Bean
    AssetSearch assetSearch(ConnectionPools pools) {
        return new AssetSearch(pools.searches());
    }

    @Bean
    FindingSearch findingSearch(ConnectionPools pools) {
        return new FindingSearch(pools.searches());
    }

    @Bean
    AssetReader assetReader(DataSource dataSource) {
        return new AssetReader(dataSource);
    }

    @Bean
    RuleStore ruleStore(DataSource dataSource) {
        return new RuleStore(dataSource);
    }

    @Bean
    Reidentification reidentification(DataSource dataSource, Clock clock) {
        return new Reidentification(dataSource, clock);
    }

    @Bean
    AssetSplits assetSplits(DataSource dataSource, Clock clock) {
        return new AssetSplits(dataSource, clock);
    }

    @Bean
    ConnectorCatalogue connectorCatalogue() {
        return ConnectorCatalogue.ofInstalled();
    }
}

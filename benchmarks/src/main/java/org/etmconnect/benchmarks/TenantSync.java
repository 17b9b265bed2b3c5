// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.benchmarks;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import javax.sql.DataSource;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.cortexxdr.CortexXdrConnector;
import org.etmconnect.inventory.configuration.ConfigurationStore;
import org.etmconnect.inventory.configuration.KeySet;
import org.etmconnect.inventory.configuration.NewConnection;
import org.etmconnect.inventory.configuration.Profile;
import org.etmconnect.inventory.configuration.SaveOutcome;
import org.etmconnect.inventory.maps.MapStore;
import org.etmconnect.inventory.runs.Run;
import org.etmconnect.inventory.runs.RunState;
import org.etmconnect.inventory.runs.RunStore;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.snapshot.Snapshot;
import org.etmconnect.snapshot.SnapshotStore;
import org.etmconnect.sync.SyncOptions;
import org.etmconnect.sync.SyncService;
import org.etmconnect.sync.TransformMaps;

/** Runs of the whole engine against one simulated tenant, in this process and without the server. For one thread. */
public final class TenantSync implements AutoCloseable {

    private static final Clock CLOCK = Clock.systemUTC();

    private final RunStore runs;
    private final SnapshotStore snapshots;
    private final Profile profile;
    private final SyncService service;

    private TenantSync(RunStore runs, SnapshotStore snapshots, Profile profile, SyncService service) {
        this.runs = runs;
        this.snapshots = snapshots;
        this.profile = profile;
        this.service = service;
    }

    /**
     * Makes a connection to the tenant.
     *
     * @param database with the schema in it
     * @param perSecond requests a second
     * @param parallel requests at the same time
     * @param directory for keys, snapshots and work files
     */
    public static TenantSync open(DataSource database, URI tenant, double perSecond, int parallel, Path directory) {
        CortexXdrConnector connector = new CortexXdrConnector();
        TransformMaps maps = new TransformMaps(List.of(connector), new MapStore(database, CLOCK));
        ConfigurationStore configuration =
                new ConfigurationStore(database, KeySet.openOrCreate(directory.resolve("keys")), true, CLOCK);
        RunStore runs = new RunStore(database, CLOCK);
        ConnectionSettings entered = new ConnectionSettings(
                Map.of("baseURL", tenant.toString(), "x-xdr-auth-id", SimulatorSettings.DEFAULT_KEY_ID),
                Map.of("apiKey", Secret.of(SimulatorSettings.DEFAULT_KEY)),
                Set.of(FindingType.values()),
                NetworkOptions.defaults().withPlainHttp(true).withBudget(perSecond, parallel));
        if (!(connector.checkSettings(entered) instanceof SettingsCheck.Accepted accepted)
                || !(configuration.create(new NewConnection(
                                "Tenant",
                                "",
                                connector.descriptor(),
                                accepted.settings(),
                                maps.shipped().getFirst().map().name()))
                        instanceof SaveOutcome.Saved saved)) {
            throw new IllegalStateException("The simulated tenant's settings are refused");
        }
        Profile profile =
                configuration.profiles(OptionalInt.of(saved.connection().id())).getFirst();
        SnapshotStore snapshots = new SnapshotStore(directory.resolve("snapshots"), CLOCK);
        return new TenantSync(
                runs,
                snapshots,
                profile,
                new SyncService(
                        database,
                        runs,
                        configuration,
                        snapshots,
                        List.of(connector),
                        maps,
                        SyncOptions.defaults(directory.resolve("work"))));
    }

    /** What is known of the runs. */
    public RunStore runs() {
        return runs;
    }

    /**
     * Makes a run and waits for its end.
     *
     * @throws IllegalStateException if it did not process everything
     */
    public Run run() throws InterruptedException {
        int id = service.queue(profile, Run.Trigger.MANUAL).id();
        Run run = runs.find(id).orElseThrow();
        while (!run.state().ended()) {
            Thread.sleep(20);
            run = runs.find(id).orElseThrow();
        }
        if (run.state() != RunState.PROCESSED) {
            throw new IllegalStateException("The run ended as " + run.state() + ": " + run.failure() + run.missing());
        }
        return run;
    }

    /** What the last run fetched. */
    public Snapshot lastSnapshot() {
        int connection = profile.connectionId();
        return snapshots.find(connection, snapshots.runs(connection).getFirst()).orElseThrow();
    }

    @Override
    public void close() {
        service.close();
    }
}

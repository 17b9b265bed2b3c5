// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.etmconnect.connector.FindingType;
import org.etmconnect.inventory.configuration.SavedConnection;
import org.etmconnect.inventory.schedule.Schedule;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.etmconnect.sync.schedule.ProfileScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DueRunsTest {

    private static final int CONNECTIONS = 5;
    private static final int PROFILES = 10;

    @TempDir
    Path directory;

    @Test
    void eachOfFiftyRunsDueAtOnceOnTwoServersHappensOnce() throws Exception {
        MovedClock clock = new MovedClock();
        LocalDateTime due = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(5);
        Schedule schedule = new Schedule.SingleOccurrence(due, ZoneOffset.UTC);
        try (TenantUnderTest tenant = new TenantUnderTest(
                        directory,
                        SimulatorSettings.of(new PopulationSettings(1, 10, 1)),
                        Set.of(FindingType.HOST_ASSET));
                SyncService second = tenant.service();
                ProfileScheduler one = tenant.scheduler(tenant.sync(), clock);
                ProfileScheduler other = tenant.scheduler(second, clock)) {
            for (int number = 0; number < CONNECTIONS; number++) {
                SavedConnection connection = tenant.connect("Tenant " + number);
                for (int profile = 0; profile < PROFILES; profile++) {
                    tenant.profile(connection, "Profile " + profile, schedule);
                }
            }
            one.start();
            other.start();
            assertThat(tenant.number("select count(*) from scheduled_tasks where task_name = 'profile'"))
                    .isEqualTo(CONNECTIONS * PROFILES);
            clock.putForward(Duration.ofMinutes(6));
            for (int tries = 0; tries < 600; tries++) {
                if (tenant.number("select count(*) from run where finished_at is not null") == CONNECTIONS * PROFILES) {
                    break;
                }
                Thread.sleep(50);
            }

            assertThat(tenant.text("select string_agg(distinct state, ', ') from run"))
                    .isEqualTo("PROCESSED");
            assertThat(tenant.number("select count(*) from run where due_at = '" + due + "Z'"))
                    .isEqualTo(CONNECTIONS * PROFILES);
            assertThat(tenant.number("select count(distinct profile_id) from run"))
                    .isEqualTo(CONNECTIONS * PROFILES);
            assertThat(tenant.number("""
                            select count(*) from run a join run b using (connection_id)
                            where a.run_id < b.run_id and a.observed_at < b.finished_at and b.observed_at < a.finished_at"""))
                    .as("runs of one connection at the same time")
                    .isZero();
            assertThat(tenant.number("select count(*) from scheduled_tasks where task_name = 'profile'"))
                    .as("a single occurrence is past")
                    .isZero();
            assertThat(tenant.number("select count(*) from run_log where message like '%waits for run%'"))
                    .isPositive();
        }
    }
}

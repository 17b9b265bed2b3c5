// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.torture;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.etmconnect.simulator.population.PopulationSettings;

/**
 * What happens in one trial. The same seed makes the same script.
 *
 * @param realServer whether a whole server in its own process runs it, else the engine in this process
 * @param disk what lies on a disk that can be filled
 * @param days what happens on each day that somebody looks at the tenant
 */
record Script(long seed, boolean realServer, SmallDisk disk, PopulationSettings population, List<Day> days) {

    /** The days of the tenant that are looked at. */
    static final List<Integer> DAYS = List.of(0, 4, 9);

    /** One seed in so many is run by a real server, which costs some ten times as much. */
    static final int SEEDS_FOR_A_SERVER = 10;

    private static final List<PopulationSettings> POPULATIONS = List.of(
            new PopulationSettings(11, 110, 8),
            new PopulationSettings(12, 210, 8),
            // More vulnerabilities than come with one answer, so they come as a stream.
            new PopulationSettings(13, 60, 90),
            new PopulationSettings(14, 310, 6));

    /** Faults of the tenant that pass, and such that make what it says incomplete. */
    private static final List<String> FAULTS = List.of(
            "get_endpoint@2:503",
            "get_endpoint@1:429",
            "get_endpoint@2-3:429-text",
            "get_endpoint@1:500-text",
            "get_endpoint@2:reset",
            "get_endpoint@3:err-in-200=500",
            "get_endpoint@2:slow=400",
            "get_endpoint:slow=60",
            "get_endpoint@1+:null=ip",
            "get_endpoint@1+:null=mac_address",
            "get_endpoint@2:null=endpoints",
            "get_endpoint@1+:null=endpoints",
            "get_endpoint:no-total",
            "get_endpoint:null-total",
            "get_endpoint@2+:lying-total=-7",
            "get_endpoint@1+:lying-total=40",
            "start_xql_query@1:503",
            "start_xql_query@1:reset",
            "start_xql_query:fail",
            "start_xql_query:quota",
            "start_xql_query:empty",
            "start_xql_query@2+:fail",
            "start_xql_query@2:empty",
            "get_query_results@1:503",
            "get_query_results@2:reset",
            "get_query_results@1:err-in-200=500",
            "get_query_results:text-dates",
            "get_query_results:text-numbers",
            "get_query_results:slow=150",
            "get_query_results_stream@1:break=200",
            "get_query_results_stream:truncate=300",
            "get_query_results_stream:break=50",
            "get_query_results_stream:malformed=17",
            "get_query_results_stream@1:reset",
            "*@8%/SEED:503",
            "*@8%/SEED:reset");

    private static final List<Crash.Stage> STAGES = List.of(Crash.Stage.values());

    private static final List<Crash.Target> TARGETS = List.of(
            Crash.Target.SERVER,
            Crash.Target.SERVER,
            Crash.Target.SERVER,
            Crash.Target.SERVER,
            Crash.Target.CONNECTIONS,
            Crash.Target.CONNECTIONS,
            Crash.Target.POSTGRES,
            Crash.Target.MACHINE);

    /** What lies on a disk of its own, which can be filled. */
    enum SmallDisk {
        NONE,
        SNAPSHOTS,
        DATABASE
    }

    /** @param runs runs that are disturbed, before one that is not */
    record Day(int number, List<Disturbed> runs) {}

    /**
     * @param faults scripts for the simulator
     * @param crashes one after the other, each after the engine runs again from the one before
     * @param clock how far the clock jumps before each start of the engine; nothing if zero
     * @param diskFull how long the disk is full, to the run's end at most; not at all if empty
     */
    record Disturbed(List<String> faults, List<Crash> crashes, Duration clock, Optional<Duration> diskFull) {}

    static Script of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        random.nextLong();
        boolean realServer = Math.floorMod(seed, SEEDS_FOR_A_SERVER) == 0;
        boolean smallDisk = !realServer && random.nextInt(4) == 0;
        // Drawn apart, so that the rest of a seed's script stays what it was before databases had such disks.
        Random disks = new Random(~seed * 0x9E3779B97F4A7C15L);
        disks.nextLong();
        SmallDisk disk = !smallDisk ? SmallDisk.NONE : disks.nextBoolean() ? SmallDisk.DATABASE : SmallDisk.SNAPSHOTS;
        PopulationSettings population = POPULATIONS.get(random.nextInt(POPULATIONS.size()));
        List<Day> days = new ArrayList<>();
        for (int number : realServer ? DAYS.subList(0, 2) : DAYS) {
            List<Disturbed> runs = new ArrayList<>();
            int count = realServer ? 1 : 1 + random.nextInt(2);
            for (int run = 0; run < count; run++) {
                runs.add(disturbed(random, disk, disks, realServer));
            }
            days.add(new Day(number, runs));
        }
        return new Script(seed, realServer, disk, population, days);
    }

    private static Disturbed disturbed(Random random, SmallDisk disk, Random disks, boolean realServer) {
        List<String> faults = new ArrayList<>();
        int faultCount = random.nextInt(4);
        for (int fault = 0; fault < faultCount; fault++) {
            String script = FAULTS.get(random.nextInt(FAULTS.size())).replace("SEED", "" + random.nextInt(1_000));
            // A run that most of a minute goes by for waits is not cut off more often for it.
            if (faults.stream().noneMatch(known -> known.startsWith("*") && script.startsWith("*"))) {
                faults.add(script);
            }
        }
        List<Crash> crashes = new ArrayList<>();
        int crashCount = realServer ? 1 : random.nextInt(4);
        for (int crash = 0; crash < crashCount; crash++) {
            Crash.Moment moment = random.nextBoolean()
                    ? new Crash.Statement(1 + random.nextInt(60), random.nextBoolean())
                    : new Crash.AtStage(
                            STAGES.get(random.nextInt(STAGES.size())), 1 + random.nextInt(2), random.nextBoolean());
            crashes.add(new Crash(TARGETS.get(random.nextInt(TARGETS.size())), moment));
        }
        Duration clock = random.nextInt(3) == 0
                ? Duration.ofMinutes(random.nextInt(400 * 24 * 60) - 200L * 24 * 60)
                : Duration.ZERO;
        boolean full = disk != SmallDisk.NONE && random.nextInt(3) == 0;
        return new Disturbed(faults, crashes, clock, full ? Optional.of(fullFor(disk, disks)) : Optional.empty());
    }

    /** Without room in the database a run cannot even end, and waits. */
    private static Duration fullFor(SmallDisk disk, Random disks) {
        return disk == SmallDisk.DATABASE ? Duration.ofMillis(200L + disks.nextInt(4_000)) : Trial.LONGEST_RUN;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A fleet of hosts and CVEs that moves on by days. Everything is computed from the settings when asked for, so a
 * population of any size takes a few kilobytes. Immutable; safe for use by several threads; does no input or output.
 *
 * <p>From one day to the next about 0.3 % of the hosts leave, about as many join (fresh agents without an address
 * among them), and about one in seven of those that left comes back one or two days later, with its id. About 1 % of the hosts change: they get
 * some CVEs fixed, a fifth of which come back one or two days later, get some new ones, and a few of them move to the
 * next version of their operating system, to another address or to other tags. About 0.5 % of the CVEs get another
 * score, severity or description. What a heartbeat writes (last seen, content version) changes for all.
 */
public final class Population {

    /** The last day there is; days are counted from 0. */
    public static final int LAST_DAY = Fleet.LAST_DAY;

    private static final long DAY = 86_400_000L;
    private static final int DAYS_BETWEEN_REVISIONS = 200;

    private final PopulationSettings settings;
    private final Catalogue catalogue;
    private final Fleet fleet;
    private final long cveSeed;
    private final long applicationSeed;
    private final long idStep;
    private final long[] cveSalts;

    private Population(PopulationSettings settings) {
        this.settings = settings;
        this.catalogue = new Catalogue(settings.cvesPerEndpoint(), Fleet.REACH);
        this.fleet = new Fleet(settings, catalogue);
        this.cveSeed = Dice.roll(settings.seed(), 0x637665);
        this.applicationSeed = Dice.roll(settings.seed(), 0x617070);
        this.idStep = (1L << 48) / Math.max(1, catalogue.cveCount);
        this.cveSalts = new long[catalogue.hostCves];
        for (int cve = 0; cve < cveSalts.length; cve++) {
            cveSalts[cve] = Dice.roll(cveSeed, cve);
        }
    }

    /** The population of these settings. */
    public static Population of(PopulationSettings settings) {
        return new Population(settings);
    }

    /** What this population is made from. */
    public PopulationSettings settings() {
        return settings;
    }

    /** Number of CVEs known, those that no host has included; the same on all days. */
    public int cveCount() {
        return catalogue.cveCount;
    }

    /**
     * The population as it is on one day. Takes some milliseconds per 100,000 hosts, and twelve bytes a host while it is kept.
     *
     * @param day 0 to {@link #LAST_DAY}; throws {@link IllegalArgumentException} outside that
     */
    public PopulationDay day(int day) {
        checkDay(day);
        return new PopulationDay(this, day);
    }

    static void checkDay(int day) {
        if (day < 0 || day > LAST_DAY) {
            throw new IllegalArgumentException("day is " + day + "; give a number from 0 to " + LAST_DAY);
        }
    }

    Fleet fleet() {
        return fleet;
    }

    Catalogue catalogue() {
        return catalogue;
    }

    long applicationSalt(int application) {
        return Dice.roll(applicationSeed, application);
    }

    long cveSalt(int cve) {
        return cveSalts[cve];
    }

    /** Writes the CVEs of a host into {@code target}, ascending, and returns how many there are. */
    int collect(Fleet.State host, IntBuffer target) {
        target.clear();
        if (host.exposure() == 0) {
            return 0;
        }
        long bits = host.bits();
        int traits = host.traits();
        Catalogue.Version version = catalogue.versions.get(host.version());
        for (int cve = version.firstCve(); cve < version.endCve(); cve++) {
            if (Fleet.isOpen(bits, traits, cveSalts[cve])) {
                target.add(cve);
            }
        }
        Platform platform = version.os().platform();
        List<Catalogue.Application> applications = catalogue.applications;
        for (int a = 0; a < applications.size(); a++) {
            Catalogue.Application application = applications.get(a);
            if (application.runsOn(platform) && Fleet.runs(bits, applicationSalt(a), application.popularity())) {
                for (int cve = application.firstCve(); cve < application.endCve(); cve++) {
                    if (Fleet.isOpen(bits, traits, cveSalts[cve])) {
                        target.add(cve);
                    }
                }
            }
        }
        return target.size();
    }

    String cveId(int cve) {
        long roll = Dice.roll(cveSeed, cve);
        long high = cve * idStep + Long.remainderUnsigned(roll, idStep);
        return HexFormat.of().toHexDigits((high << 16) | (roll & 0xFFFF));
    }

    String cveName(int cve) {
        long roll = Dice.roll(cveSeed, cve);
        // 38501 and 10 have no common divisor, so no two indices get one number.
        long width = catalogue.cveCount <= 50_000 ? 50_000 : 10_000_000;
        long number = 1_000 + cve * 38_501L % width;
        return "CVE-" + (2015 + Dice.below(11, roll * 3)) + "-" + number;
    }

    private int revision(int cve, int day, long salt) {
        return (day + Dice.below(DAYS_BETWEEN_REVISIONS, Dice.roll(cveSeed ^ salt, cve))) / DAYS_BETWEEN_REVISIONS;
    }

    Severity severity(int cve, int day) {
        long roll = Dice.roll(cveSeed, cve + ((long) revision(cve, day, 0x5E) << 40));
        int luck = Dice.below(100, roll * 5);
        return luck < 6
                ? Severity.CRITICAL
                : luck < 44
                        ? Severity.HIGH
                        : luck < 90 ? Severity.MEDIUM : luck < 98 ? Severity.LOW : Severity.INFORMATIONAL;
    }

    boolean isExcluded(int cve) {
        return Dice.below(100, Dice.roll(cveSeed, cve) * 7) == 0;
    }

    private static final List<String> FLAWS = List.of(
            "A length that is not checked",
            "A use of memory after it was freed",
            "A missing check of permissions",
            "A race between two requests",
            "An integer that overflows",
            "A path that is not normalised",
            "A certificate that is not verified",
            "Input that reaches a command line unquoted");
    private static final List<String> PARTS = List.of(
            "the file parser",
            "the update service",
            "the session handler",
            "the network stack",
            "the print component",
            "the archive reader",
            "the scripting engine",
            "the logging module");
    private static final List<String> HARMS = List.of(
            "run code with the rights of the service",
            "read memory of other users",
            "raise their rights to those of an administrator",
            "make the program stop",
            "write files outside the intended folder",
            "take over a session");
    private static final List<String> REACHES = List.of(
            "remote attackers", "local users", "attackers on the same network", "users who open a crafted file");

    Cve cve(int cve, int day) {
        if (cve < 0 || cve >= catalogue.cveCount) {
            throw new IndexOutOfBoundsException("CVE " + cve + " of " + catalogue.cveCount);
        }
        long roll = Dice.roll(cveSeed, cve);
        String product;
        Set<Platform> platforms;
        if (cve < catalogue.systemCves) {
            Catalogue.Range family = catalogue.familyOf(cve);
            product = family.family();
            platforms = EnumSet.of(family.platform());
        } else if (cve < catalogue.hostCves) {
            Catalogue.Application application = catalogue.applications.get(catalogue.applicationOf(cve));
            product = application.product();
            platforms = application.platforms();
        } else {
            product = "Larch Thin Client";
            platforms = EnumSet.of(Platform.LINUX);
        }
        Severity severity = severity(cve, day);
        int score = switch (severity) {
            case CRITICAL -> 90 + Dice.below(11, roll * 11);
            case HIGH -> 70 + Dice.below(20, roll * 11);
            case MEDIUM -> 40 + Dice.below(30, roll * 11);
            case LOW -> 1 + Dice.below(39, roll * 11);
            case INFORMATIONAL -> 0;
        };
        String name = cveName(cve);
        int year = Integer.parseInt(name.substring(4, 8));
        long published = settings.dayZero()
                        .withYear(Math.min(year, settings.dayZero().getYear() - 1))
                        .withDayOfYear(1 + Dice.below(365, roll * 13))
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .toEpochMilli()
                + Dice.below((int) DAY, roll * 17);
        List<Platform> platformList = new ArrayList<>(platforms);
        String description = FLAWS.get(Dice.below(FLAWS.size(), roll * 19)) + " in "
                + PARTS.get(Dice.below(PARTS.size(), roll * 23)) + " of " + product + " lets "
                + REACHES.get(Dice.below(REACHES.size(), roll * 29)) + " "
                + HARMS.get(Dice.below(HARMS.size(), roll * 31)) + "."
                + (revision(cve, day, 0xDE) == 0 ? "" : " An update is available.");
        long midnight = settings.dayZero()
                .plusDays(day)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant()
                .toEpochMilli();
        return new Cve(
                cve,
                cveId(cve),
                name,
                description,
                severity,
                score / 10.0,
                (5 + Dice.below(35, roll * 37)) / 10.0,
                (14 + Dice.below(47, roll * 41)) / 10.0,
                Dice.below(12, roll * 43) == 0 ? List.of(product, product + " LTS") : List.of(product),
                List.copyOf(platformList),
                published,
                midnight + 2 * 3_600_000 + Dice.below(3_600_000, Dice.roll(roll, day)),
                cve < catalogue.systemCves ? "OPERATING_SYSTEM" : "APPLICATION",
                isExcluded(cve));
    }
}

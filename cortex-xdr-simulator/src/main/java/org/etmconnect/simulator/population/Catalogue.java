// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What there is to run and which CVEs belong to it. CVE indices are laid out in one line: first the operating system
 * families, then the applications, then CVEs that no host has. A version of an operating system owns a window of its
 * family's CVEs, and the windows of neighbouring versions overlap, as in life.
 */
final class Catalogue {

    /** Part of a host's CVEs that come with its operating system. */
    private static final double SYSTEM_SHARE = 0.7;

    /** How far the window of the next version of a family is moved, as a part of the window. */
    private static final double WINDOW_STEP = 0.4;

    private static final int RARE_APPLICATIONS = 160;
    private static final double RARE = 0.003;
    private static final double WITHOUT_HOSTS = 0.04;

    record Version(OperatingSystem os, String family, int weight, int upgradesTo, int firstCve, int endCve) {}

    record Application(String product, Set<Platform> platforms, int popularity, int firstCve, int endCve) {
        boolean runsOn(Platform platform) {
            return platforms.contains(platform);
        }
    }

    private record Draft(Platform platform, String family, String name, String version, boolean server, int weight) {}

    private static final List<Draft> SYSTEMS = List.of(
            new Draft(Platform.WINDOWS, "Microsoft Windows", "Windows 10", "10.0.19045", false, 22),
            new Draft(Platform.WINDOWS, "Microsoft Windows", "Windows 11", "10.0.22631", false, 21),
            new Draft(Platform.WINDOWS, "Microsoft Windows", "Windows 11", "10.0.26100", false, 13),
            new Draft(Platform.WINDOWS, "Microsoft Windows", "Windows Server 2016", "10.0.14393", true, 3),
            new Draft(Platform.WINDOWS, "Microsoft Windows", "Windows Server 2019", "10.0.17763", true, 7),
            new Draft(Platform.WINDOWS, "Microsoft Windows", "Windows Server 2022", "10.0.20348", true, 7),
            new Draft(Platform.LINUX, "Canonical Ubuntu", "Ubuntu 20.04", "20.04.6", true, 3),
            new Draft(Platform.LINUX, "Canonical Ubuntu", "Ubuntu 22.04", "22.04.5", true, 6),
            new Draft(Platform.LINUX, "Canonical Ubuntu", "Ubuntu 24.04", "24.04.1", true, 3),
            new Draft(Platform.LINUX, "Debian GNU/Linux", "Debian 11.11", "11.11", true, 2),
            new Draft(Platform.LINUX, "Debian GNU/Linux", "Debian 12.8", "12.8", true, 3),
            new Draft(Platform.LINUX, "Red Hat Enterprise Linux", "Red Hat Enterprise Linux 8.10", "8.10", true, 3),
            new Draft(Platform.LINUX, "Red Hat Enterprise Linux", "Red Hat Enterprise Linux 9.4", "9.4", true, 3),
            new Draft(Platform.MACOS, "Apple macOS", "macOS 13 Ventura", "13.7.1", false, 1),
            new Draft(Platform.MACOS, "Apple macOS", "macOS 14 Sonoma", "14.7.1", false, 2),
            new Draft(Platform.MACOS, "Apple macOS", "macOS 15 Sequoia", "15.1.1", false, 1));

    private record Program(String product, double popularity, Set<Platform> platforms) {}

    private static final Set<Platform> ALL = EnumSet.allOf(Platform.class);
    private static final Set<Platform> WIN = EnumSet.of(Platform.WINDOWS);
    private static final Set<Platform> LIN = EnumSet.of(Platform.LINUX);
    private static final Set<Platform> DESK = EnumSet.of(Platform.WINDOWS, Platform.MACOS);

    private static final List<Program> PROGRAMS = List.of(
            new Program("Google Chrome", 0.6, DESK),
            new Program("Mozilla Firefox", 0.3, ALL),
            new Program("Adobe Acrobat Reader", 0.5, DESK),
            new Program("Microsoft Office", 0.55, DESK),
            new Program("Microsoft Teams", 0.4, DESK),
            new Program("Zoom Workplace", 0.35, DESK),
            new Program("7-Zip", 0.4, WIN),
            new Program("Notepad++", 0.2, WIN),
            new Program("Microsoft .NET Runtime", 0.35, WIN),
            new Program("Microsoft SQL Server", 0.06, WIN),
            new Program("PuTTY", 0.1, WIN),
            new Program("WinRAR", 0.15, WIN),
            new Program("Oracle Java SE", 0.2, ALL),
            new Program("Python", 0.3, ALL),
            new Program("Git", 0.2, ALL),
            new Program("Visual Studio Code", 0.15, ALL),
            new Program("VLC media player", 0.1, ALL),
            new Program("Slack", 0.15, DESK),
            new Program("OpenSSL", 0.7, LIN),
            new Program("OpenSSH", 0.6, LIN),
            new Program("curl", 0.6, LIN),
            new Program("sudo", 0.5, LIN),
            new Program("nginx", 0.2, LIN),
            new Program("Apache HTTP Server", 0.15, LIN),
            new Program("Apache Tomcat", 0.1, LIN),
            new Program("Apache Log4j", 0.08, ALL),
            new Program("PostgreSQL", 0.1, LIN),
            new Program("Docker Engine", 0.25, LIN),
            new Program("Samba", 0.12, LIN),
            new Program("Node.js", 0.12, ALL),
            new Program("Wireshark", 0.03, ALL),
            new Program("FileZilla", 0.06, DESK));

    private static final List<String> HOUSES =
            List.of("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gingko", "Hazel");
    private static final List<String> TRADES =
            List.of("Ledger", "Planner", "Scanner", "Viewer", "Gateway", "Reports", "Archive", "Label Printer");

    final List<Version> versions;
    final List<Application> applications;
    /** The family of each operating system CVE, as ranges in the order of the indices. */
    final List<Range> families;

    final int systemCves;
    final int hostCves;
    final int cveCount;
    private final int totalWeight;
    private final int[] applicationOf;

    record Range(String family, Platform platform, int firstCve, int endCve) {}

    Catalogue(int cvesPerEndpoint, double reach) {
        double perHost = cvesPerEndpoint / reach;
        int window = (int) Math.round(perHost * SYSTEM_SHARE);
        List<Version> madeVersions = new ArrayList<>();
        List<Range> madeFamilies = new ArrayList<>();
        int next = 0;
        int weights = 0;
        int i = 0;
        while (i < SYSTEMS.size()) {
            Draft first = SYSTEMS.get(i);
            int familyStart = next;
            int familyEnd = next;
            for (int member = 0; i < SYSTEMS.size() && SYSTEMS.get(i).family().equals(first.family()); member++, i++) {
                Draft draft = SYSTEMS.get(i);
                int start = familyStart + (int) Math.round(member * window * WINDOW_STEP);
                boolean hasSuccessor = i + 1 < SYSTEMS.size()
                        && SYSTEMS.get(i + 1).family().equals(draft.family())
                        && SYSTEMS.get(i + 1).server() == draft.server();
                madeVersions.add(new Version(
                        new OperatingSystem(draft.platform(), draft.name(), draft.version(), draft.server()),
                        draft.family(),
                        draft.weight(),
                        hasSuccessor ? i + 1 : i,
                        start,
                        start + window));
                familyEnd = start + window;
                weights += draft.weight();
            }
            madeFamilies.add(new Range(first.family(), first.platform(), familyStart, familyEnd));
            next = familyEnd;
        }
        versions = List.copyOf(madeVersions);
        families = List.copyOf(madeFamilies);
        totalWeight = weights;
        systemCves = next;

        List<Program> programs = new ArrayList<>(PROGRAMS);
        for (int rare = 0; rare < RARE_APPLICATIONS; rare++) {
            String product = HOUSES.get(rare % HOUSES.size()) + " "
                    + TRADES.get(rare / HOUSES.size() % TRADES.size()) + " "
                    + (1 + rare / (HOUSES.size() * TRADES.size()));
            programs.add(new Program(product, RARE, rare % 3 == 0 ? LIN : rare % 3 == 1 ? DESK : ALL));
        }
        double expected = 0;
        for (Version version : versions) {
            for (Program program : programs) {
                if (program.platforms().contains(version.os().platform())) {
                    expected += program.popularity() * version.weight() / totalWeight;
                }
            }
        }
        double cvesPerProgram = perHost * (1 - SYSTEM_SHARE) / expected;
        List<Application> madeApplications = new ArrayList<>();
        for (int a = 0; a < programs.size(); a++) {
            Program program = programs.get(a);
            int size = (int) (Math.floor(cvesPerProgram * (a + 1)) - Math.floor(cvesPerProgram * a));
            madeApplications.add(new Application(
                    program.product(),
                    program.platforms(),
                    (int) Math.round(program.popularity() * 65536),
                    next,
                    next + size));
            next += size;
        }
        applications = List.copyOf(madeApplications);
        hostCves = next;
        applicationOf = new int[hostCves - systemCves];
        for (int a = 0; a < applications.size(); a++) {
            Application application = applications.get(a);
            for (int cve = application.firstCve(); cve < application.endCve(); cve++) {
                applicationOf[cve - systemCves] = a;
            }
        }
        cveCount = hostCves + (int) Math.ceil(hostCves * WITHOUT_HOSTS);
    }

    /** The version that a host gets at first. */
    int versionFor(long roll) {
        int at = Dice.below(totalWeight, roll);
        int version = 0;
        while (at >= versions.get(version).weight()) {
            at -= versions.get(version).weight();
            version++;
        }
        return version;
    }

    /** The application that {@code cve} belongs to; only for indices of application CVEs. */
    int applicationOf(int cve) {
        return applicationOf[cve - systemCves];
    }

    Range familyOf(int cve) {
        for (Range family : families) {
            if (cve < family.endCve()) {
                return family;
            }
        }
        throw new IndexOutOfBoundsException("CVE " + cve + " belongs to no operating system");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.population;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts. Each has a slot; even slots hold the hosts of day 0, odd ones those that join later, so that new hosts
 * appear everywhere in a listing by id and not at its end.
 */
final class Fleet {

    static final int LAST_DAY = 365;

    /** Hosts change something once in so many days, each at a day of its own: 1 % of them on each day. */
    private static final int DAYS_BETWEEN_CHANGES = 100;

    private static final double RETIRED_A_DAY = 0.0027;
    private static final int RETURNS_PER_MILLE = 150;
    private static final int CLEAN_PER_MILLE = 50;
    private static final long DAY = 86_400_000L;
    private static final double LOG_OF_STAYING = Math.log1p(-RETIRED_A_DAY);

    /** Exposure is the part of the CVEs that a host has not patched, in 65536ths. */
    private static final int[] EXPOSURES = {62259, 62259, 62259, 62259, 62259, 62259, 55706, 55706, 55706, 32768};

    /** The mean of the exposures, over hosts with and without CVEs. */
    static final double REACH = (1 - CLEAN_PER_MILLE / 1000.0) * 0.875;

    private static final int FIXED_BY_A_CHANGE = 7864;
    private static final int OPENED_BY_A_CHANGE = 26214;
    private static final int COMES_BACK = 13107;

    private static final long LIFE = 1;
    private static final long END = 2;
    private static final long RETURN = 3;
    private static final long SYSTEM = 4;
    private static final long CHANGE = 5;
    private static final long ADDRESS = 6;
    private static final long TAGS = 7;
    private static final long LOOKS = 8;
    private static final long CLOUD = 9;
    private static final long SEEN = 10;

    private final PopulationSettings settings;
    private final Catalogue catalogue;
    private final long hostSeed;
    private final long idStep;
    private final long zero;

    /** What a host is on one day, as far as its CVEs depend on it. */
    record State(int slot, long bits, int version, int exposure, int changes, int daysSinceChange) {

        /** What {@link #isOpen} needs to know, in one int; 0 for a host without CVEs. */
        int traits() {
            return exposure == 0 ? 0 : exposure << 16 | changes << 8 | daysSinceChange;
        }
    }

    /** Whether the CVE with that salt is open on the host, provided that its product runs there. */
    static boolean isOpen(long bits, int traits, long cveSalt) {
        long pair = Dice.mix(bits ^ cveSalt);
        boolean open = (int) (pair >>> 48) < traits >>> 16;
        int changes = traits >>> 8 & 0xFF;
        for (int change = 1; change <= changes; change++) {
            long roll = Dice.roll(pair, change);
            int luck = (int) (roll >>> 48);
            if (!open) {
                open = luck < OPENED_BY_A_CHANGE;
            } else if (luck < FIXED_BY_A_CHANGE) {
                boolean comesBack = (int) (roll >>> 32 & 0xFFFF) < COMES_BACK;
                int daysAway = 1 + (int) (roll >>> 24 & 1);
                open = comesBack && (change < changes || (traits & 0xFF) >= daysAway);
            }
        }
        return open;
    }

    static boolean runs(long bits, long applicationSalt, int popularity) {
        return (int) (Dice.mix(bits ^ applicationSalt) >>> 48) < popularity;
    }

    Fleet(PopulationSettings settings, Catalogue catalogue) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.hostSeed = Dice.roll(settings.seed(), 0x686F7374);
        this.idStep = (1L << 48) / Math.max(1, slots());
        this.zero = settings.dayZero().atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    int slots() {
        return 2 * settings.endpoints();
    }

    long bits(int slot) {
        return Dice.roll(hostSeed, slot);
    }

    private static int birth(int slot, long bits) {
        return (slot & 1) == 0 ? 0 : 1 + Dice.below(LAST_DAY, Dice.roll(bits, LIFE));
    }

    private static int retirement(int birth, long bits) {
        double chance = 1 - Dice.fraction(Dice.roll(bits, END));
        return birth + 1 + (int) Math.min(1 << 20, Math.floor(Math.log(chance) / LOG_OF_STAYING));
    }

    boolean isLive(int slot, int day) {
        long bits = bits(slot);
        int birth = birth(slot, bits);
        if (day < birth) {
            return false;
        }
        int retirement = retirement(birth, bits);
        if (day < retirement) {
            return true;
        }
        long roll = Dice.roll(bits, RETURN);
        return Dice.below(1000, roll) < RETURNS_PER_MILLE && day >= retirement + 1 + (roll & 1);
    }

    State state(int slot, int day) {
        long bits = bits(slot);
        long roll = Dice.roll(bits, CHANGE);
        int age = day + Dice.below(DAYS_BETWEEN_CHANGES, roll);
        int changes = age / DAYS_BETWEEN_CHANGES;
        int exposure = Dice.below(1000, roll * 31) < CLEAN_PER_MILLE ? 0 : EXPOSURES[(int) ((bits & 0xFFFF) % 10)];
        return new State(
                slot, bits, version(bits, changes), exposure, exposure == 0 ? 0 : changes, age % DAYS_BETWEEN_CHANGES);
    }

    int version(int slot, int day) {
        return state(slot, day).version();
    }

    private int version(long bits, int changes) {
        int version = catalogue.versionFor(Dice.roll(bits, SYSTEM));
        for (int change = 1; change <= changes; change++) {
            if (Dice.below(10, Dice.roll(bits, SYSTEM + 100L * change)) == 0) {
                version = catalogue.versions.get(version).upgradesTo();
            }
        }
        return version;
    }

    private static int timesChanged(long bits, long what, int changes) {
        int times = 0;
        for (int change = 1; change <= changes; change++) {
            if (Dice.below(4, Dice.roll(bits, what + 100L * change)) == 0) {
                times++;
            }
        }
        return times;
    }

    String endpointId(int slot) {
        long bits = bits(slot);
        long high = slot * idStep + Long.remainderUnsigned(bits, idStep);
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits((high << 16) | (bits & 0xFFFF)) + hex.toHexDigits(Dice.mix(bits + 1));
    }

    /** The slot whose host would have {@code endpointId}, or -1 if there is none. */
    int slotOf(String endpointId) {
        if (endpointId.length() != 32 || slots() == 0) {
            return -1;
        }
        long high;
        try {
            high = HexFormat.fromHexDigitsToLong(endpointId.substring(0, 12));
        } catch (IllegalArgumentException notHexadecimal) {
            return -1;
        }
        long slot = high / idStep;
        return slot < slots() && endpointId((int) slot).equals(endpointId) ? (int) slot : -1;
    }

    Endpoint endpoint(int slot, int day) {
        State state = state(slot, day);
        int changes = state.changes();
        long bits = state.bits();
        OperatingSystem os = catalogue.versions.get(state.version()).os();
        long looks = Dice.roll(bits, LOOKS);
        int birth = birth(slot, bits);
        boolean fresh = day == birth && (birth == 0 ? Dice.below(200, looks) == 0 : (looks & 1) == 0);
        String name = name(slot, os);
        Optional<Cloud> cloud = cloud(bits, os);
        int ipMoves = timesChanged(bits, ADDRESS, changes);
        long firstSeen = birth == 0
                ? zero - DAY - (long) (Dice.fraction(looks * 11) * 900 * DAY)
                : zero + birth * DAY + Dice.below(20 * 3_600_000, looks * 11);
        if (birth == 0 && fresh) {
            firstSeen = zero + Dice.below(3_600_000, looks * 11);
        }
        long installed = firstSeen - 30_000 - Dice.below(60_000, looks * 13);
        long seenRoll = Dice.roll(bits, SEEN + 100L * day);
        EndpointStatus status = switch (Dice.below(20, Dice.roll(bits, SEEN))) {
            case 0 -> EndpointStatus.LOST;
            case 1, 2, 3 -> EndpointStatus.DISCONNECTED;
            default -> EndpointStatus.CONNECTED;
        };
        long lastSeen = Math.max(firstSeen, zero + day * DAY + 72_000_000 + Dice.below(14_400_000, seenRoll));
        return new Endpoint(
                slot,
                endpointId(slot),
                name,
                nameInCveData(slot, os),
                status,
                os,
                fresh,
                fresh ? List.of() : ipv4(slot, bits, os, ipMoves),
                fresh ? List.of() : ipv6(slot, bits),
                fresh ? List.of() : macAddresses(slot, bits, os),
                status == EndpointStatus.LOST ? "" : "198.51.100." + (1 + Dice.below(20, Dice.roll(bits, ADDRESS + 7))),
                os.server() ? List.of() : List.of(user(looks)),
                domain(looks, os),
                Dice.below(40, looks * 17) == 0 ? "alias-" + slot : "",
                groups(looks, os),
                serverTags(bits, os, changes),
                endpointTags(bits, changes),
                cloud,
                Dice.below(400, looks * 19) == 0,
                firstSeen,
                installed,
                lastSeen,
                (1300 + day) + "-" + (81_000 + day * 7 + Dice.below(3, seenRoll)),
                zero + day * DAY - 3_600_000,
                "8." + (3 + Dice.below(4, looks * 23)) + ".0." + (121_000 + 17 * Dice.below(40, looks * 29)));
    }

    String nameInCveData(int slot, OperatingSystem os) {
        String name = name(slot, os);
        boolean otherCase = os.platform() == Platform.WINDOWS && Dice.below(50, Dice.roll(bits(slot), LOOKS) * 7) == 0;
        return otherCase ? name.toLowerCase(Locale.ROOT) : name;
    }

    String name(int slot, OperatingSystem os) {
        // An odd host of a few takes the name of its even neighbour, which never borrows one itself.
        int kin = slot >> 1;
        int namedAfter =
                (kin & 1) == 1 && Dice.below(100, Dice.roll(hostSeed, slot + 0x5000_0000_0000L)) == 0 ? slot - 2 : slot;
        OperatingSystem style = namedAfter == slot
                ? os
                : catalogue.versions.get(version(bits(namedAfter), 0)).os();
        // 36^6 and 5 x 7 x 11 x 13 x 17 x 19 have no common divisor, so no two slots get one text.
        long scrambled = namedAfter * 1_616_615L % 2_176_782_336L;
        String mark = Long.toString(scrambled + 2_176_782_336L, 36).substring(1);
        return switch (style.platform()) {
            case WINDOWS -> (style.server() ? "SRV-" : "LAP-") + mark.toUpperCase(Locale.ROOT);
            case LINUX -> ROLES.get((int) (scrambled % ROLES.size())) + "-" + mark;
            case MACOS -> "mac-" + mark;
        };
    }

    private static final List<String> ROLES = List.of("web", "db", "app", "build", "cache", "batch", "mail");
    private static final List<String> FIRST_NAMES =
            List.of("ana", "bruno", "chen", "dora", "emil", "fatou", "goran", "hana", "ivo", "june");
    private static final List<String> SITES = List.of("Berlin", "Pune", "Austin", "Lyon", "Osaka");
    private static final List<String> TIERS = List.of("production", "staging", "development");

    private static String user(long looks) {
        return FIRST_NAMES.get(Dice.below(10, looks * 37)) + "." + (char) ('a' + Dice.below(26, looks * 41));
    }

    private static String domain(long looks, OperatingSystem os) {
        int luck = Dice.below(10, looks * 43);
        return switch (os.platform()) {
            case WINDOWS -> luck == 0 ? "WORKGROUP" : "corp.example.com";
            case LINUX -> luck < 5 ? "" : "dc1.example.net";
            case MACOS -> "";
        };
    }

    private static List<String> groups(long looks, OperatingSystem os) {
        return switch (Dice.below(4, looks * 47)) {
            case 0 -> List.of();
            case 1 -> List.of(os.server() ? "Servers" : "Workstations", "Pilot");
            default -> List.of(os.server() ? "Servers" : "Workstations");
        };
    }

    private static List<String> serverTags(long bits, OperatingSystem os, int changes) {
        long roll = Dice.roll(bits, TAGS + timesChanged(bits, TAGS, changes) * 1_000L);
        if (!os.server() && Dice.below(3, roll) != 0) {
            return List.of();
        }
        return List.of(
                "site:" + SITES.get(Dice.below(SITES.size(), roll * 3)),
                "tier:" + TIERS.get(Dice.below(TIERS.size(), roll * 5)));
    }

    private static List<String> endpointTags(long bits, int changes) {
        long roll = Dice.roll(bits, TAGS + 50 + timesChanged(bits, TAGS, changes) * 1_000L);
        return Dice.below(4, roll) == 0 ? List.of("owner-" + FIRST_NAMES.get(Dice.below(10, roll * 3))) : List.of();
    }

    private static Optional<Cloud> cloud(long bits, OperatingSystem os) {
        long roll = Dice.roll(bits, CLOUD);
        if (!os.server() || Dice.below(10, roll) >= 4) {
            return Optional.empty();
        }
        String digits = HexFormat.of().toHexDigits(Dice.mix(roll));
        return Optional.of(
                switch (Dice.below(5, roll * 3)) {
                    case 0 ->
                        new Cloud(
                                "GCP",
                                "europe-west3",
                                "example-project-" + Dice.below(3, roll * 5),
                                Long.toUnsignedString(roll | 1L << 62),
                                "gcp-" + digits);
                    case 1 ->
                        new Cloud(
                                "Azure",
                                "westeurope",
                                "00000000-0000-4000-8000-00000000000" + Dice.below(4, roll * 5),
                                digits.substring(0, 8) + "-" + digits.substring(8, 12) + "-4000-8000-"
                                        + digits.substring(4),
                                "azure-" + digits);
                    default ->
                        new Cloud(
                                "AWS",
                                "eu-central-" + (1 + Dice.below(2, roll * 7)),
                                "11112222333" + Dice.below(4, roll * 5),
                                "i-0" + digits,
                                "aws-" + digits);
                });
    }

    private static List<String> ipv4(int slot, long bits, OperatingSystem os, int moves) {
        int net = moves == 0 ? 10 : 100;
        int second = moves == 0 ? slot >>> 16 & 0xFF : 64 + ((slot >>> 16) + moves & 0x3F);
        String main = net + "." + second + "." + (slot >>> 8 & 0xFF) + "." + (slot & 0xFF);
        boolean docker = os.platform() == Platform.LINUX && Dice.below(4, Dice.roll(bits, ADDRESS + 1)) == 0;
        return docker ? List.of(main, "172.17.0.1") : List.of(main);
    }

    private static List<String> ipv6(int slot, long bits) {
        return switch (Dice.below(4, Dice.roll(bits, ADDRESS + 2))) {
            case 0 ->
                List.of(
                        "fe80::" + Integer.toHexString((int) bits & 0xFFFF) + ":" + Integer.toHexString(slot & 0xFFFF),
                        "2001:db8:" + Integer.toHexString(slot >>> 16) + "::" + Integer.toHexString(slot & 0xFFFF));
            case 1 ->
                List.of("fe80::" + Integer.toHexString((int) bits & 0xFFFF) + ":" + Integer.toHexString(slot & 0xFFFF));
            default -> List.of();
        };
    }

    /** First two bytes of blocks that makers of network cards own; none of a hypervisor, none locally administered. */
    private static final int[] MAKERS = {0xF8BC, 0x3CD9, 0xA4BF, 0x98E7};

    private static final int APPLE = 0xF018;

    private static List<String> macAddresses(int slot, long bits, OperatingSystem os) {
        int cards = 1 + (Dice.below(3, Dice.roll(bits, ADDRESS + 3)) == 0 ? 1 : 0);
        int maker = os.platform() == Platform.MACOS ? APPLE : MAKERS[Dice.below(4, Dice.roll(bits, ADDRESS + 4))];
        List<String> addresses = new ArrayList<>(cards);
        for (int card = 0; card < cards; card++) {
            long number = 2L * slot + card;
            // An odd factor keeps the low 24 bits distinct for distinct numbers.
            long low = number * 0x5BD1E9 & 0xFFFFFF;
            addresses.add(HexFormat.ofDelimiter(":").formatHex(new byte[] {
                (byte) (maker >> 8),
                (byte) maker,
                (byte) (0x12 + (number >>> 24)),
                (byte) (low >> 16),
                (byte) (low >> 8),
                (byte) low
            }));
        }
        return List.copyOf(addresses);
    }
}

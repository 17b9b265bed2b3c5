// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.stereotype.Component;

/** Makes, judges and checks passwords. Safe for use by several threads. */
@Component
final class Passwords {

    static final int SHORTEST = 12;
    static final int LONGEST = 200;

    /** What is tried first at this product; docs/security.md lists them. */
    private static final List<String> WORDS = List.of(
            "vulnerability",
            "etmconnect",
            "password",
            "security",
            "trurisk",
            "manager",
            "connect",
            "welcome",
            "viewer",
            "qualys",
            "cortex",
            "secret",
            "server",
            "admin",
            "login",
            "user",
            "xdr",
            "etm");

    /** How many characters there must be beside {@link #WORDS} and the name. */
    private static final int OTHERS = 8;

    /** Of what zxcvbn says: more than 10^10 guesses. */
    private static final int SAFE = 4;

    /** What a password begins with is judged, so much of it: time grows with the square of the length. */
    private static final int JUDGED = 40;

    /** Argon2id as OWASP's Password Storage Cheat Sheet advises: 19 MiB, two passes, one lane. */
    private static final int SALT = 16;

    private static final int HASH = 32;
    private static final int LANES = 1;
    private static final int KIBIBYTES = 19_456;
    private static final int PASSES = 2;

    /** Each check takes its memory, so that many at once could take all. */
    private static final int AT_ONCE = 4;

    /** Without letters and digits that look alike. */
    private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

    private static final int GROUPS = 7;
    private static final int GROUP = 4;

    private final LeakedPasswords leaked;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore turns = new Semaphore(AT_ONCE);
    private final Argon2PasswordEncoder argon2 = new Argon2PasswordEncoder(SALT, HASH, LANES, KIBIBYTES, PASSES);
    private final String nobodys = hash(oneTime());

    Passwords(LeakedPasswords leaked) {
        this.leaked = leaked;
    }

    /** A password for one sign-in, about 139 bits, e.g. {@code k3fp-9xwq-a7mt-hn2c-ve8r-pu4d-w6yj}. */
    String oneTime() {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < GROUPS * GROUP; index++) {
            if (index > 0 && index % GROUP == 0) {
                text.append('-');
            }
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }

    /** Why {@code password} cannot be the one of the user {@code name}; empty if it can. */
    Optional<String> problem(String name, String password) {
        if (password.codePointCount(0, password.length()) < SHORTEST) {
            return Optional.of("Take at least " + SHORTEST + " characters; a few words do well.");
        }
        if (password.length() > LONGEST) {
            return Optional.of("Take at most " + LONGEST + " characters.");
        }
        if (leaked.hold(password)) {
            return Optional.of("Take another: this one is in lists of leaked passwords.");
        }
        List<String> known = known(name);
        String rest = password.toLowerCase(Locale.ROOT);
        for (String word : known) {
            rest = rest.replace(word, "");
        }
        if (rest.length() < OTHERS) {
            return Optional.of("Take one that is more than your name and words that everybody tries here.");
        }
        String judged = password.substring(0, Math.min(password.length(), JUDGED));
        // Its dictionaries take 10 MB, and few passwords are set: they are read anew for each.
        Strength strength = new Zxcvbn().measure(judged, known);
        if (strength.getScore() < SAFE) {
            String why = strength.getFeedback().getWarning();
            return Optional.of("This one can be guessed. " + (why.isEmpty() ? "" : why + " ")
                    + "Take a few more words, which do not belong together.");
        }
        return Optional.empty();
    }

    /** The words and the parts of the name, longer ones before those that they hold. */
    private static List<String> known(String name) {
        return Stream.of(WORDS.stream(), Stream.of(name), Stream.of(name.split("[^\\p{L}\\d]+")))
                .flatMap(words -> words)
                .filter(word -> word.length() > 2)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String hash(String password) {
        turns.acquireUninterruptibly();
        try {
            String hash = argon2.encode(password);
            if (hash == null) {
                throw new IllegalStateException("Argon2 gave no hash");
            }
            return hash;
        } finally {
            turns.release();
        }
    }

    /** Whether this hash was made at less cost than those that are made today. */
    boolean outdated(String hash) {
        return argon2.upgradeEncoding(hash);
    }

    /** Whether {@code password} has this hash. Without a hash it takes as long, and it has not. */
    boolean matches(String password, Optional<String> hash) {
        turns.acquireUninterruptibly();
        try {
            return argon2.matches(password, hash.orElse(nobodys)) && hash.isPresent();
        } finally {
            turns.release();
        }
    }
}

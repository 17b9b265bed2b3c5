// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;

/**
 * Bounds how often somebody may guess: for each account and for each address, in the database, so that all servers
 * count together. From the limit on, each further failure blocks for twice as long, up to a quarter of an hour; an hour
 * without a failure forgets. Safe for use by several threads. Every method throws {@link DatabaseException} if the
 * database does not answer.
 */
public final class SignInAttempts {

    private static final int ACCOUNT_LIMIT = 5;
    private static final int ADDRESS_LIMIT = 20;
    private static final Duration SHORTEST_BLOCK = Duration.ofMinutes(1);
    private static final Duration LONGEST_BLOCK = Duration.ofMinutes(15);
    private static final Duration MEMORY = Duration.ofHours(1);

    private final DataSource dataSource;
    private final InstantSource clock;

    /** Attempts in {@code dataSource}, whose schema is migrated, at the times of {@code clock}. */
    public SignInAttempts(DataSource dataSource, InstantSource clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    /** Whether a password may be tried. */
    public sealed interface Answer {

        /**
         * It may, and counts as a failure until {@link #succeeded} is called.
         *
         * @param last whether the account or the address is blocked if this one fails
         */
        record Go(boolean last) implements Answer {}

        /** It may not before {@code until}. */
        record Wait(Instant until) implements Answer {}
    }

    private record Key(String text, int limit) {}

    /** Counts an attempt beforehand, so that many at once cannot be more than the limit. */
    public Answer begin(String account, String address) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return Statements.inTransaction(dataSource, "count an attempt to sign in", sql -> {
            sql.update("""
                delete from sign_in_attempts where key in
                    (select key from sign_in_attempts where last_at < ? limit 1000 for update skip locked)
                """, now.minus(MEMORY));
            List<Key> keys =
                    List.of(new Key(address(address), ADDRESS_LIMIT), new Key(account(account), ACCOUNT_LIMIT));
            for (Key key : keys) {
                Optional<Instant> until = blockedUntil(sql, key, now);
                if (until.isPresent()) {
                    return new Answer.Wait(until.get());
                }
            }
            boolean last = false;
            for (Key key : keys) {
                last |= count(sql, key, now);
            }
            return new Answer.Go(last);
        });
    }

    /** Takes back an attempt: the account starts afresh, the address as before the attempt. */
    public void succeeded(String account, String address) {
        Statements.inTransaction(dataSource, "note a successful attempt", sql -> {
            sql.update("delete from sign_in_attempts where key = ?", account(account));
            return sql.update(
                    "update sign_in_attempts set failures = failures - 1, blocked_until = null where key = ? and"
                            + " failures > 0",
                    address(address));
        });
    }

    /** Lets an account try again at once: somebody whom we trust vouches for whoever it belongs to. */
    public void forgive(String account) {
        Statements.inTransaction(
                dataSource,
                "forget failed attempts",
                sql -> sql.update("delete from sign_in_attempts where key = ?", account(account)));
    }

    /** Makes the row if need be, and lets others wait at it. */
    private static Optional<Instant> blockedUntil(Statements sql, Key key, Instant now) throws SQLException {
        sql.update(
                "insert into sign_in_attempts (key, failures, last_at) values (?, 0, ?) on conflict (key) do nothing",
                key.text(),
                now);
        return sql
                .list(
                        "select blocked_until from sign_in_attempts where key = ? for update",
                        row -> Statements.optionalInstant(row, "blocked_until"),
                        List.of(key.text()))
                .stream()
                .flatMap(Optional::stream)
                .filter(now::isBefore)
                .findFirst();
    }

    private static boolean count(Statements sql, Key key, Instant now) throws SQLException {
        int failures = sql.first(
                        "update sign_in_attempts set failures = failures + 1, last_at = ? where key = ? returning"
                                + " failures",
                        row -> row.getInt(1),
                        now,
                        key.text())
                .orElseThrow();
        if (failures < key.limit()) {
            return false;
        }
        sql.update(
                "update sign_in_attempts set blocked_until = ? where key = ?",
                now.plus(block(failures - key.limit())),
                key.text());
        return true;
    }

    private static Duration block(int beyond) {
        return Stream.iterate(SHORTEST_BLOCK, each -> each.multipliedBy(2))
                .limit(Math.min(beyond, 10) + 1L)
                .reduce((_, latter) -> latter)
                .filter(each -> each.compareTo(LONGEST_BLOCK) < 0)
                .orElse(LONGEST_BLOCK);
    }

    /** Hashed, for people also type their password where the name belongs. */
    private static String account(String name) {
        try {
            return "account "
                    + HexFormat.of()
                            .formatHex(
                                    MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JVM has SHA-256", impossible);
        }
    }

    private static String address(String address) {
        return "address " + address;
    }
}

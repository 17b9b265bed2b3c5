// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.people;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;

/**
 * People and tokens in the database. Safe for use by several threads and servers. Every method throws
 * {@link DatabaseException} if the database does not answer.
 */
public final class PeopleStore {

    /** So often is it noted that a token is in use. */
    private static final Duration USE_NOTED = Duration.ofMinutes(1);

    /** So long a password that somebody else made can be used. */
    public static final Duration ONE_TIME_LASTS = Duration.ofDays(7);

    private static final String PERSON = """
        person_id, name, role, active, must_change_password, subject is not null as external, sign_in_version,
        created_at, last_sign_in
        """;
    private static final String TOKENS = """
        select token_id, access_token.name, access_token.role, created_by, access_token.created_at, expires_at,
            revoked_at, last_used, owner_id, person.role as owner_role, person.active as owner_active
        from access_token left join person on person_id = owner_id
        """;

    private final DataSource dataSource;
    private final InstantSource clock;

    /** A store over {@code dataSource}, whose schema is migrated; {@code clock} gives the times that are stored. */
    public PeopleStore(DataSource dataSource, InstantSource clock) {
        this.dataSource = dataSource;
        this.clock = clock;
    }

    /** All people, by name. */
    public List<Person> people() {
        return Statements.inTransaction(
                dataSource,
                "list the people",
                sql -> sql.list("select " + PERSON + " from person order by name", PeopleStore::person, List.of()));
    }

    /** The person with this id, if there is one. */
    public Optional<Person> person(int id) {
        return Statements.inTransaction(dataSource, "read person " + id, sql -> read(sql, id));
    }

    /** The person with this name, if there is one. */
    public Optional<Person> person(String name) {
        return Statements.inTransaction(
                dataSource,
                "read a person",
                sql -> sql.first("select " + PERSON + " from person where name = ?", PeopleStore::person, name));
    }

    /** The hash of a person's password; empty if there is no such person, or no password that can still be used. */
    public Optional<String> passwordHash(int id) {
        return Statements.inTransaction(
                dataSource,
                "read a password's hash",
                sql -> sql.first(
                        "select password_hash from person where person_id = ? and password_hash is not null"
                                + " and (password_ends is null or password_ends > ?)",
                        row -> row.getString(1),
                        id,
                        now()));
    }

    /** Stores a person whose password must be changed at the first sign-in, within {@link #ONE_TIME_LASTS}. */
    public PersonOutcome create(String name, Role role, String passwordHash) {
        return Statements.inTransaction(
                dataSource,
                "store the person " + name,
                sql -> sql.first(
                                """
                    insert into person (name, role, password_hash, must_change_password, created_at, password_ends)
                    values (?, ?, ?, true, ?, ?)
                    on conflict (name) do nothing
                    returning\s
                    """ + PERSON,
                                PeopleStore::person,
                                name,
                                role,
                                passwordHash,
                                now(),
                                now().plus(ONE_TIME_LASTS))
                        .<PersonOutcome>map(PersonOutcome.Saved::new)
                        .orElseGet(() -> new PersonOutcome.NameTaken(name)));
    }

    /** Stores such a Manager if there is nobody at all yet; of several servers that start at once, one does. */
    public Optional<Person> createFirst(String name, String passwordHash) {
        return Statements.inTransaction(dataSource, "store the first person", sql -> {
            sql.update("lock table person in exclusive mode");
            return sql.first("""
                insert into person (name, role, password_hash, must_change_password, created_at, password_ends)
                select ?, 'MANAGER', ?, true, ?, ? where not exists (select from person)
                returning\s
                """ + PERSON, PeopleStore::person, name, passwordHash, now(), now().plus(ONE_TIME_LASTS));
        });
    }

    /**
     * Stores who came from an OpenID provider, or brings the role up to date, which ends older sessions.
     *
     * @param subject who it is there, unique over all providers
     * @param name lower case; {@link PersonOutcome.NameTaken} if another person has it
     * @param role as the provider says; empty if roles are given here: then whoever is new is a Viewer
     */
    public PersonOutcome external(String subject, String name, Optional<Role> role) {
        return Statements.inTransaction(dataSource, "store the person " + name, sql -> {
            Optional<Person> known = sql.first(
                    "select " + PERSON + " from person where subject = ? for update", PeopleStore::person, subject);
            if (known.isPresent() && role.isEmpty()) {
                return new PersonOutcome.Saved(known.get());
            }
            if (known.isPresent()) {
                sql.update(
                        "update person set role = ?, sign_in_version = sign_in_version + 1 where subject = ? and role"
                                + " <> ?",
                        role.get(),
                        subject,
                        role.get());
                return new PersonOutcome.Saved(read(sql, known.get().id()).orElseThrow());
            }
            return sql.first("""
                insert into person (name, role, subject, must_change_password, created_at)
                values (?, ?, ?, false, ?)
                on conflict (name) do nothing
                returning\s
                """ + PERSON, PeopleStore::person, name, role.orElse(Role.VIEWER), subject, now())
                    .<PersonOutcome>map(PersonOutcome.Saved::new)
                    .orElseGet(() -> new PersonOutcome.NameTaken(name));
        });
    }

    /** Changes role and whether a person may sign in; ends the person's sessions if either changed. */
    public PersonOutcome change(int id, Role role, boolean active) {
        return Statements.inTransaction(dataSource, "change person " + id, sql -> {
            boolean last = isLastManager(sql, id);
            Optional<Person> old = read(sql, id);
            if (old.isEmpty()) {
                return new PersonOutcome.Missing(id);
            }
            if (last && !(active && role == Role.MANAGER)) {
                return new PersonOutcome.LastManager(old.get().name());
            }
            sql.update("""
                update person set role = ?, active = ?, sign_in_version = sign_in_version + 1
                where person_id = ? and (role <> ? or active <> ?)
                """, role, active, id, role, active);
            return new PersonOutcome.Saved(read(sql, id).orElseThrow());
        });
    }

    /** Removes a person, whose sessions end and whose tokens are revoked. What the audit log says stays. */
    public PersonOutcome delete(int id) {
        return Statements.inTransaction(dataSource, "delete person " + id, sql -> {
            boolean last = isLastManager(sql, id);
            Optional<Person> old = read(sql, id);
            if (old.isEmpty()) {
                return new PersonOutcome.Missing(id);
            }
            if (last) {
                return new PersonOutcome.LastManager(old.get().name());
            }
            sql.update("update access_token set revoked_at = ? where owner_id = ? and revoked_at is null", now(), id);
            sql.update("delete from person where person_id = ?", id);
            return new PersonOutcome.Saved(old.get());
        });
    }

    /** Two changes at once could else take away the last two Managers, so the second waits here for the first. */
    private static boolean isLastManager(Statements sql, int id) throws SQLException {
        return sql.list(
                        // An external Manager does not count: the provider may be the reason why nobody gets in.
                        """
                        select person_id from person where role = 'MANAGER' and active and password_hash is not null
                        order by person_id for update
                        """, row -> row.getInt(1), List.of())
                .equals(List.of(id));
    }

    /**
     * Replaces a password and ends the person's sessions.
     *
     * @param mustChange whether the person must change it at the next sign-in, within {@link #ONE_TIME_LASTS}
     */
    public PersonOutcome setPassword(int id, String passwordHash, boolean mustChange) {
        return Statements.inTransaction(
                dataSource,
                "change the password of person " + id,
                sql -> sql.first(
                                """
                    update person
                    set password_hash = ?, must_change_password = ?, sign_in_version = sign_in_version + 1,
                        password_ends = case when ? then ?::timestamptz end
                    where person_id = ?
                    returning\s
                    """ + PERSON,
                                PeopleStore::person,
                                passwordHash,
                                mustChange,
                                mustChange,
                                now().plus(ONE_TIME_LASTS),
                                id)
                        .<PersonOutcome>map(PersonOutcome.Saved::new)
                        .orElseGet(() -> new PersonOutcome.Missing(id)));
    }

    /** Keeps the same password by another hash, if it still has the one given. No session ends. */
    public void renewHash(int id, String hash, String renewed) {
        Statements.inTransaction(
                dataSource,
                "renew the password's hash of person " + id,
                sql -> sql.update(
                        "update person set password_hash = ? where person_id = ? and password_hash = ?",
                        renewed,
                        id,
                        hash));
    }

    /** Ends all sessions of a person. */
    public void endSessions(int id) {
        Statements.inTransaction(
                dataSource,
                "end the sessions of person " + id,
                sql -> sql.update("update person set sign_in_version = sign_in_version + 1 where person_id = ?", id));
    }

    /** Notes that a person signed in just now. */
    public void signedIn(int id) {
        Statements.inTransaction(
                dataSource,
                "note a sign-in",
                sql -> sql.update("update person set last_sign_in = ? where person_id = ?", now(), id));
    }

    /** All tokens, those not revoked first, then by name. */
    public List<AccessToken> tokens() {
        return Statements.inTransaction(
                dataSource,
                "list the tokens",
                sql -> sql.list(
                        TOKENS + " order by revoked_at is not null, access_token.name, token_id",
                        PeopleStore::token,
                        List.of()));
    }

    /** The token with this id, if there is one. */
    public Optional<AccessToken> token(int id) {
        return Statements.inTransaction(dataSource, "read token " + id, sql -> token(sql, id));
    }

    /**
     * Stores a token; empty if one that is not revoked has this name.
     *
     * @param owner whose role bounds it; empty if it was made with the server's own token
     */
    public Optional<AccessToken> createToken(
            String name, Role role, byte[] hash, Optional<Integer> owner, String createdBy, Instant expiresAt) {
        return Statements.inTransaction(dataSource, "store the token " + name, sql -> {
            Optional<Integer> id = sql.first(
                    """
                    insert into access_token (name, role, hash, owner_id, created_by, created_at, expires_at)
                    values (?, ?, ?, nullif(?, 0), ?, ?, ?)
                    on conflict (name) where revoked_at is null do nothing
                    returning token_id
                    """,
                    row -> row.getInt(1),
                    name,
                    role,
                    hash,
                    owner.orElse(0),
                    createdBy,
                    now(),
                    expiresAt.truncatedTo(ChronoUnit.MICROS));
            return id.isEmpty() ? Optional.empty() : token(sql, id.get());
        });
    }

    /** The owner of the token with this id, if it has one. */
    public Optional<Integer> owner(int tokenId) {
        return Statements.inTransaction(
                dataSource,
                "read the owner of token " + tokenId,
                sql -> sql.first(
                        "select owner_id from access_token where token_id = ? and owner_id is not null",
                        row -> row.getInt(1),
                        tokenId));
    }

    /** The valid token with this hash, if there is one; notes that it was used. */
    public Optional<AccessToken> useToken(byte[] hash) {
        return Statements.inTransaction(dataSource, "read a token", sql -> {
            Instant now = now();
            Optional<AccessToken> token = sql.first(TOKENS + " where hash = ?", PeopleStore::token, hash)
                    .filter(found -> found.validAt(now));
            if (token.isPresent()) {
                sql.update(
                        "update access_token set last_used = ? where token_id = ? and (last_used is null or last_used"
                                + " < ?)",
                        now,
                        token.get().id(),
                        now.minus(USE_NOTED));
            }
            return token;
        });
    }

    /** Ends a token for good; empty if there is none that is not revoked yet. */
    public Optional<AccessToken> revokeToken(int id) {
        return Statements.inTransaction(dataSource, "revoke token " + id, sql -> {
            int revoked = sql.update(
                    "update access_token set revoked_at = ? where token_id = ? and revoked_at is null", now(), id);
            return revoked == 0 ? Optional.empty() : token(sql, id);
        });
    }

    private static Optional<Person> read(Statements sql, int id) throws SQLException {
        return sql.first("select " + PERSON + " from person where person_id = ?", PeopleStore::person, id);
    }

    private static Optional<AccessToken> token(Statements sql, int id) throws SQLException {
        return sql.first(TOKENS + " where token_id = ?", PeopleStore::token, id);
    }

    private static Person person(ResultSet row) throws SQLException {
        return new Person(
                row.getInt("person_id"),
                row.getString("name"),
                Role.valueOf(row.getString("role")),
                row.getBoolean("active"),
                row.getBoolean("must_change_password"),
                row.getBoolean("external"),
                row.getInt("sign_in_version"),
                Statements.instant(row, "created_at"),
                Statements.optionalInstant(row, "last_sign_in"));
    }

    private static AccessToken token(ResultSet row) throws SQLException {
        Role role = Role.valueOf(row.getString("role"));
        Optional<Role> effective = Optional.of(role);
        if (row.getInt("owner_id") > 0) {
            effective = row.getBoolean("owner_active")
                    ? Optional.of(role.atMost(Role.valueOf(row.getString("owner_role"))))
                    : Optional.empty();
        }
        return new AccessToken(
                row.getInt("token_id"),
                row.getString("name"),
                role,
                effective,
                row.getString("created_by"),
                Statements.instant(row, "created_at"),
                Statements.instant(row, "expires_at"),
                Statements.optionalInstant(row, "revoked_at"),
                Statements.optionalInstant(row, "last_used"));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}

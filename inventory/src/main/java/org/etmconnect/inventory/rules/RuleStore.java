// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.rules;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.etmconnect.inventory.DatabaseException;
import org.etmconnect.inventory.Transaction;
import org.etmconnect.inventory.identification.IdentityAttribute;

/**
 * Identification rules in the database, and which are on for which connection. Safe for use by several threads, and by
 * several servers: changes are made one after the other. Every method throws {@link DatabaseException} if the database
 * does not answer.
 */
public final class RuleStore {

    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_DESCRIPTION = 1_000;
    private static final int MOST_RULES = 50;

    /** The shipped rules in their order. The migration that made the tables wrote the same. */
    private enum Predefined {
        CLOUD_INSTANCE_ID("Cloud instance ID", true),
        MAC_ADDRESS("MAC address", true),
        FQDN("FQDN", true),
        HOST_NAME("Host name", true),
        IP_ADDRESS("IP address", false);

        private final String rule;
        private final boolean enabled;

        Predefined(String rule, boolean enabled) {
            this.rule = rule;
            this.enabled = enabled;
        }
    }

    private final DataSource database;

    /** @param database its schema is migrated */
    public RuleStore(DataSource database) {
        this.database = database;
    }

    /** All rules in order. */
    public RuleList list() {
        return read("read the identification rules", RuleStore::list);
    }

    /** Adds a rule after the others. */
    public RuleOutcome create(RuleDraft draft) {
        return change("create the identification rule " + draft.name(), OptionalLong.empty(), edit -> {
            List<SavedRule> rules = edit.rules();
            edit.mustBeNew(draft.name(), Optional.empty());
            rules.add(new SavedRule(
                    0, RuleKind.CUSTOM, draft.name(), draft.description(), draft.attributes(), draft.enabled()));
        });
    }

    /** Changes a rule. Of predefined ones only the switch can be changed. */
    public RuleOutcome update(int ruleId, RuleChange wish) {
        return change("change identification rule " + ruleId, OptionalLong.empty(), edit -> {
            int index = edit.indexOf(ruleId);
            SavedRule rule = edit.rules().get(index);
            SavedRule changed = new SavedRule(
                    rule.id(),
                    rule.kind(),
                    wish.name().orElse(rule.name()),
                    wish.description().orElse(rule.description()),
                    wish.attributes().orElse(rule.attributes()),
                    wish.enabled().orElse(rule.enabled()));
            edit.mayBecome(rule, changed);
            edit.mustBeNew(changed.name(), Optional.of(rule));
            edit.rules().set(index, changed);
        });
    }

    /** Deletes a rule that people made. */
    public RuleOutcome delete(int ruleId) {
        return change("delete identification rule " + ruleId, OptionalLong.empty(), edit -> {
            SavedRule rule = edit.rules().get(edit.indexOf(ruleId));
            if (rule.kind() != RuleKind.CUSTOM) {
                throw new Refused(new RuleOutcome.Fixed(rule.name(), "It is shipped. Switch it off instead."));
            }
            edit.rules().remove(rule);
        });
    }

    /**
     * Puts the rules in another order.
     *
     * @param ruleIds all rules but the system's, in their new order
     * @param version the version that was seen; empty: whatever it is
     */
    public RuleOutcome order(List<Integer> ruleIds, OptionalLong version) {
        return change("order the identification rules", version, edit -> {
            Map<Integer, SavedRule> byId = new LinkedHashMap<>();
            edit.rules().forEach(rule -> byId.put(rule.id(), rule));
            List<SavedRule> ordered = new ArrayList<>();
            ordered.add(edit.rules().getFirst());
            for (int id : ruleIds) {
                if (edit.rules().getFirst().id() == id) {
                    throw new Refused(new RuleOutcome.Fixed(
                            edit.rules().getFirst().name(), "It is always first. Leave it out of the order."));
                }
                SavedRule rule = byId.remove(id);
                if (rule == null) {
                    throw new Refused(
                            ordered.stream().anyMatch(each -> each.id() == id)
                                    ? new RuleOutcome.Unusable(
                                            "ruleIds", "Name each rule once; " + id + " comes twice.")
                                    : new RuleOutcome.Missing("identification rule " + id));
                }
                ordered.add(rule);
            }
            if (byId.size() > 1) {
                throw new Refused(new RuleOutcome.Unusable(
                        "ruleIds",
                        "Name all rules but the first; missing: "
                                + String.join(
                                        ", ",
                                        byId.values().stream()
                                                .skip(1)
                                                .map(SavedRule::name)
                                                .toList())
                                + "."));
            }
            edit.rules().clear();
            edit.rules().addAll(ordered);
        });
    }

    /**
     * Replaces all rules by these in this order. Rules are known by their names, so a connection's switches hold on. Rules
     * that people made and that are not among them are deleted; predefined ones are switched off and come last.
     *
     * @param drafts the rules; the system's may be left out
     * @param version the version that was seen; empty: whatever it is
     */
    public RuleOutcome replace(List<RuleDraft> drafts, OptionalLong version) {
        return change("replace the identification rules", version, edit -> edit.replace(drafts));
    }

    /**
     * The rules as they would be: {@link #replace} without writing.
     *
     * @return the rules, or why they cannot be so
     */
    public RuleOutcome tryReplace(List<RuleDraft> drafts) {
        return read("try identification rules", connection -> {
            RuleList now = list(connection);
            try {
                Edit edit = new Edit(now.rules());
                edit.replace(drafts);
                edit.mustBeUsable();
                return new RuleOutcome.Saved(new RuleList(now.version(), edit.rules()));
            } catch (Refused refused) {
                return refused.outcome;
            }
        });
    }

    /**
     * Brings the predefined rules back to their shipped order and switches, for all connections. Rules that people made
     * stay, switched off, after them.
     */
    public RuleOutcome reset() {
        return change("reset the identification rules", OptionalLong.empty(), edit -> {
            Map<String, SavedRule> byName = new LinkedHashMap<>();
            edit.rules().forEach(rule -> byName.put(rule.name(), rule));
            List<SavedRule> reset = new ArrayList<>();
            reset.add(edit.rules().getFirst());
            for (Predefined predefined : Predefined.values()) {
                reset.add(switched(byName.get(predefined.rule), predefined.enabled));
            }
            for (SavedRule rule : edit.rules()) {
                if (rule.kind() == RuleKind.CUSTOM) {
                    reset.add(switched(rule, false));
                }
            }
            edit.rules().clear();
            edit.rules().addAll(reset);
            edit.forgetSwitches = true;
        });
    }

    /** How a connection's records find their assets; empty if there is no such connection. */
    public Optional<ConnectionIdentification> connection(int connectionId) {
        return read("read the identification of connection " + connectionId, connection -> {
            if (!exists(connection, connectionId)) {
                return Optional.empty();
            }
            return Optional.of(
                    identification(connection, connectionId, list(connection).rules()));
        });
    }

    /**
     * How the records of all connections find their assets, by connection.
     *
     * @param rules the rules, which need not be the stored ones
     */
    public Map<Integer, ConnectionIdentification> connections(List<SavedRule> rules) {
        return read("read the identification of all connections", connection -> {
            Map<Integer, ConnectionIdentification> all = new TreeMap<>();
            for (int connectionId : connectionIds(connection)) {
                all.put(connectionId, identification(connection, connectionId, rules));
            }
            return all;
        });
    }

    /**
     * Says how a connection's records find their assets.
     *
     * @param switches rules that are on or off for this connection alone, by name; the others are as they say themselves
     */
    public RuleOutcome configure(int connectionId, boolean createUnmanagedAsset, Map<String, Boolean> switches) {
        return change("change the identification of connection " + connectionId, OptionalLong.empty(), edit -> {
            Map<Integer, Boolean> byId = new TreeMap<>();
            switches.forEach((name, enabled) -> {
                SavedRule rule = edit.rules().stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow(
                                () -> new Refused(new RuleOutcome.Missing("identification rule \"" + name + "\"")));
                if (rule.kind() == RuleKind.SYSTEM) {
                    throw new Refused(new RuleOutcome.Fixed(rule.name(), "It is always on."));
                }
                byId.put(rule.id(), enabled);
            });
            edit.connectionSettings = Optional.of(new ConnectionSettings(connectionId, createUnmanagedAsset, byId));
        });
    }

    private record ConnectionSettings(int connectionId, boolean createUnmanagedAsset, Map<Integer, Boolean> switches) {}

    /** The rules while they are being changed. */
    private static final class Edit {

        private final List<SavedRule> rules;
        private boolean forgetSwitches;
        private Optional<ConnectionSettings> connectionSettings = Optional.empty();

        Edit(List<SavedRule> rules) {
            this.rules = new ArrayList<>(rules);
        }

        List<SavedRule> rules() {
            return rules;
        }

        int indexOf(int ruleId) {
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i).id() == ruleId) {
                    return i;
                }
            }
            throw new Refused(new RuleOutcome.Missing("identification rule " + ruleId));
        }

        void mustBeNew(String name, Optional<SavedRule> but) {
            for (SavedRule rule : rules) {
                if (rule.name().equalsIgnoreCase(name) && but.stream().noneMatch(each -> each.id() == rule.id())) {
                    throw new Refused(new RuleOutcome.NameTaken(rule.name()));
                }
            }
        }

        void mayBecome(SavedRule rule, SavedRule changed) {
            boolean onlySwitched = rule.name().equals(changed.name())
                    && rule.description().equals(changed.description())
                    && rule.attributes().equals(changed.attributes());
            switch (rule.kind()) {
                case SYSTEM -> {
                    if (!rule.equals(changed)) {
                        throw new Refused(new RuleOutcome.Fixed(
                                rule.name(),
                                "It is always first and on: a record that is known stays with its asset."));
                    }
                }
                case PREDEFINED -> {
                    if (!onlySwitched) {
                        throw new Refused(
                                new RuleOutcome.Fixed(
                                        rule.name(),
                                        "It is shipped and can only be moved and switched. Create a rule of your own beside it."));
                    }
                }
                case CUSTOM -> {}
            }
        }

        void replace(List<RuleDraft> drafts) {
            Map<String, SavedRule> byName = new LinkedHashMap<>();
            rules.forEach(rule -> byName.put(rule.name(), rule));
            List<SavedRule> replaced = new ArrayList<>();
            replaced.add(rules.getFirst());
            Set<String> named = new HashSet<>();
            for (RuleDraft draft : drafts) {
                if (!named.add(draft.name())) {
                    throw new Refused(new RuleOutcome.NameTaken(draft.name()));
                }
                SavedRule known = byName.remove(draft.name());
                if (known == null) {
                    replaced.add(new SavedRule(
                            0,
                            RuleKind.CUSTOM,
                            draft.name(),
                            draft.description(),
                            draft.attributes(),
                            draft.enabled()));
                    continue;
                }
                boolean shipped = known.kind() != RuleKind.CUSTOM;
                SavedRule changed = new SavedRule(
                        known.id(),
                        known.kind(),
                        known.name(),
                        shipped ? known.description() : draft.description(),
                        shipped && draft.attributes().isEmpty() ? known.attributes() : draft.attributes(),
                        draft.enabled());
                mayBecome(known, changed);
                if (known.kind() != RuleKind.SYSTEM) {
                    replaced.add(changed);
                }
            }
            byName.values().stream()
                    .filter(rule -> rule.kind() == RuleKind.PREDEFINED)
                    .forEach(rule -> replaced.add(switched(rule, false)));
            rules.clear();
            rules.addAll(replaced);
        }

        void mustBeUsable() {
            if (rules.size() > MOST_RULES) {
                throw new Refused(new RuleOutcome.Unusable("rules", "There can be " + MOST_RULES + " rules at most."));
            }
            Map<Set<IdentityAttribute>, SavedRule> byAttributes = new HashMap<>();
            Set<String> names = new HashSet<>();
            for (SavedRule rule : rules) {
                if (!names.add(rule.name().toLowerCase(Locale.ROOT))) {
                    throw new Refused(new RuleOutcome.NameTaken(rule.name()));
                }
                if (rule.kind() == RuleKind.SYSTEM) {
                    continue;
                }
                if (rule.name().isBlank() || rule.name().length() > LONGEST_NAME) {
                    throw new Refused(
                            new RuleOutcome.Unusable("name", "Give a name of 1 to " + LONGEST_NAME + " characters."));
                }
                if (rule.description().length() > LONGEST_DESCRIPTION) {
                    throw new Refused(new RuleOutcome.Unusable(
                            "description", "Take " + LONGEST_DESCRIPTION + " characters at most."));
                }
                if (rule.attributes().stream().noneMatch(IdentityAttribute::findsHosts)) {
                    throw new Refused(new RuleOutcome.Unusable(
                            "attributes",
                            "Choose at least one of "
                                    + String.join(
                                            ", ",
                                            EnumSet.allOf(IdentityAttribute.class).stream()
                                                    .filter(IdentityAttribute::findsHosts)
                                                    .map(Enum::name)
                                                    .toList())
                                    + "; most hosts of a fleet share the values of the others."));
                }
                SavedRule same = byAttributes.putIfAbsent(rule.attributes(), rule);
                if (same != null) {
                    throw new Refused(new RuleOutcome.Unusable(
                            "attributes",
                            "The rules \"" + same.name() + "\" and \"" + rule.name()
                                    + "\" ask for the same attributes. Keep one."));
                }
            }
            if (rules.stream().noneMatch(rule -> rule.kind() != RuleKind.SYSTEM && rule.enabled())) {
                throw new Refused(new RuleOutcome.NoneOn(List.of()));
            }
        }
    }

    private static SavedRule switched(@org.jspecify.annotations.Nullable SavedRule rule, boolean enabled) {
        if (rule == null) {
            throw new IllegalStateException("A predefined identification rule is missing from the database");
        }
        return new SavedRule(rule.id(), rule.kind(), rule.name(), rule.description(), rule.attributes(), enabled);
    }

    private static RuleList list(Connection connection) throws SQLException {
        List<SavedRule> rules = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select v.version, r.* from identification_rule r cross join identification_rules_version v
                order by r.position""");
                ResultSet row = select.executeQuery()) {
            long version = 0;
            while (row.next()) {
                version = row.getLong("version");
                EnumSet<IdentityAttribute> attributes = EnumSet.noneOf(IdentityAttribute.class);
                for (String attribute : (String[]) row.getArray("attributes").getArray()) {
                    attributes.add(IdentityAttribute.valueOf(attribute));
                }
                rules.add(new SavedRule(
                        row.getInt("rule_id"),
                        RuleKind.valueOf(row.getString("kind")),
                        row.getString("name"),
                        row.getString("description"),
                        attributes,
                        row.getBoolean("enabled")));
            }
            return new RuleList(version, rules);
        }
    }

    private static ConnectionIdentification identification(
            Connection connection, int connectionId, List<SavedRule> rules) throws SQLException {
        boolean createUnmanaged = true;
        try (PreparedStatement select = connection.prepareStatement(
                "select create_unmanaged from connection_identification where connection_id = ?")) {
            select.setInt(1, connectionId);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    createUnmanaged = row.getBoolean(1);
                }
            }
        }
        Map<String, Boolean> switches = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select r.name, s.enabled from connection_identification_rule s
                join identification_rule r using (rule_id) where s.connection_id = ?""")) {
            select.setInt(1, connectionId);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    switches.put(row.getString(1), row.getBoolean(2));
                }
            }
        }
        return new ConnectionIdentification(
                createUnmanaged,
                switches,
                rules.stream()
                        .filter(rule -> rule.kind() != RuleKind.SYSTEM)
                        .filter(rule -> switches.getOrDefault(rule.name(), rule.enabled()))
                        .map(SavedRule::rule)
                        .toList());
    }

    private static boolean exists(Connection connection, int connectionId) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select from connection where connection_id = ?")) {
            select.setInt(1, connectionId);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    private static List<Integer> connectionIds(Connection connection) throws SQLException {
        List<Integer> ids = new ArrayList<>();
        try (PreparedStatement select =
                        connection.prepareStatement("select connection_id from connection order by connection_id");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                ids.add(row.getInt(1));
            }
        }
        return ids;
    }

    private static void write(Connection connection, RuleList before, Edit edit) throws SQLException {
        Set<Integer> kept = new HashSet<>();
        edit.rules().forEach(rule -> kept.add(rule.id()));
        execute(
                connection,
                "delete from identification_rule where not rule_id = any (?)",
                connection.createArrayOf("int4", kept.toArray()));
        if (edit.forgetSwitches) {
            execute(connection, "delete from connection_identification_rule");
        }
        for (int position = 0; position < edit.rules().size(); position++) {
            SavedRule rule = edit.rules().get(position);
            Object attributes =
                    connection.createArrayOf("text", names(rule.attributes()).toArray());
            if (rule.id() == 0) {
                execute(
                        connection,
                        "insert into identification_rule (kind, name, description, attributes, enabled, position)"
                                + " values (?, ?, ?, ?, ?, ?)",
                        rule.kind().name(),
                        rule.name(),
                        rule.description(),
                        attributes,
                        rule.enabled(),
                        position);
            } else {
                execute(
                        connection,
                        "update identification_rule"
                                + " set name = ?, description = ?, attributes = ?, enabled = ?, position = ?"
                                + " where rule_id = ?",
                        rule.name(),
                        rule.description(),
                        attributes,
                        rule.enabled(),
                        position,
                        rule.id());
            }
        }
        if (edit.connectionSettings.isPresent()) {
            ConnectionSettings settings = edit.connectionSettings.get();
            if (!exists(connection, settings.connectionId())) {
                throw new Refused(new RuleOutcome.Missing("connection " + settings.connectionId()));
            }
            execute(
                    connection,
                    "insert into connection_identification values (?, ?)"
                            + " on conflict (connection_id) do update set create_unmanaged = excluded.create_unmanaged",
                    settings.connectionId(),
                    settings.createUnmanagedAsset());
            execute(
                    connection,
                    "delete from connection_identification_rule where connection_id = ?",
                    settings.connectionId());
            for (Map.Entry<Integer, Boolean> each : settings.switches().entrySet()) {
                execute(
                        connection,
                        "insert into connection_identification_rule values (?, ?, ?)",
                        settings.connectionId(),
                        each.getKey(),
                        each.getValue());
            }
        }
        execute(connection, "update identification_rules_version set version = ?", before.version() + 1);
    }

    /** Attributes in the order people see them. */
    private static List<String> names(Collection<IdentityAttribute> attributes) {
        return attributes.stream().sorted().map(Enum::name).toList();
    }

    private static void mustLeaveOneOn(Connection connection) throws SQLException {
        List<String> without = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select c.name from connection c
                where not exists (
                    select from identification_rule r
                    left join connection_identification_rule s
                        on s.rule_id = r.rule_id and s.connection_id = c.connection_id
                    where r.kind <> 'SYSTEM' and coalesce(s.enabled, r.enabled))
                order by c.name""");
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                without.add(row.getString(1));
            }
        }
        if (!without.isEmpty()) {
            throw new Refused(new RuleOutcome.NoneOn(without));
        }
    }

    private static void execute(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    private RuleOutcome change(String what, OptionalLong seen, Change change) {
        try {
            return Transaction.run(database, what, connection -> {
                try (PreparedStatement lock =
                        connection.prepareStatement("select version from identification_rules_version for update")) {
                    lock.executeQuery().close();
                }
                RuleList before = list(connection);
                if (seen.isPresent() && seen.getAsLong() != before.version()) {
                    throw new Refused(new RuleOutcome.Stale(before.version()));
                }
                Edit edit = new Edit(before.rules());
                change.make(edit);
                edit.mustBeUsable();
                write(connection, before, edit);
                mustLeaveOneOn(connection);
                return new RuleOutcome.Saved(list(connection));
            });
        } catch (Refused refused) {
            return refused.outcome;
        }
    }

    private <T> T read(String what, Work<T> work) {
        try (Connection connection = database.getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw new DatabaseException(what, e);
        }
    }

    /** Ends a change from within. */
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient RuleOutcome outcome;

        Refused(RuleOutcome outcome) {
            super(outcome.toString(), null, false, false);
            this.outcome = outcome;
        }
    }

    private interface Change {
        void make(Edit edit);
    }

    private interface Work<T> {
        T run(Connection connection) throws SQLException;
    }
}

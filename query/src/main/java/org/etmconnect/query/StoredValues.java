// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.etmconnect.query.syntax.Completion;
import org.etmconnect.query.syntax.Suggestion;

/**
 * Suggests values that the inventory has. A courtesy: what takes too long is left out. Thread-safe; each call uses one
 * connection.
 */
public final class StoredValues {

    private static final int MOST = 20;
    /** Of so many hosts that fit the commonest values are taken. */
    private static final int HOSTS = 5_000;

    private static final Map<String, String> BY_TOKEN = Map.ofEntries(
            Map.entry("asset.name", """
                    select v from (select distinct on (lower(name)) name as v from asset
                                   where lower(name) >= :typed and lower(name) like :pattern order by lower(name) limit 20) x
                    """),
            ofHost("asset.domain", "domain"),
            ofHost("asset.type", "type"),
            ofHost("operatingSystem.name", "os_name"),
            ofHost("operatingSystem.version", "os_version"),
            ofHost("cloud.provider", "cloud_provider"),
            Map.entry("customAttributes.key", """
                    select v from (select custom_attributes from asset where custom_attributes <> '{}' limit %d) a
                    cross join jsonb_object_keys(a.custom_attributes) v
                    where lower(v) like :pattern group by v order by count(*) desc, v""".formatted(HOSTS)),
            Map.entry("finding.cveId", ofDefinition("cve_id", "v desc")),
            Map.entry("finding.externalFindingId", ofDefinition("external_finding_id", "v desc")),
            Map.entry("finding.sourceSeverity", ofDefinition("source_severity", "v")),
            ofConnection("asset.inventory.source", "product"),
            ofConnection("connector.name", "name"),
            ofConnection("finding.vendorProductName", "product"),
            ofConnection("finding.vendorName", "vendor"),
            ofConnection("finding.connectionName", "name"));

    private final DataSource source;
    private final Duration limit;

    /** @param limit how long the database may take */
    public StoredValues(DataSource source, Duration limit) {
        this.source = source;
        this.limit = limit;
    }

    /**
     * Values that begin with what is written at the caret, the commonest or newest first; at most 20.
     *
     * @param caret a place in the text, from 0 to its length
     * @throws IllegalArgumentException if the caret is not in the text
     * @throws InventoryReadException if the database cannot be read
     */
    public List<Suggestion> complete(String text, int caret) {
        return Completion.value(text, caret).map(this::complete).orElseGet(List::of);
    }

    private List<Suggestion> complete(Completion.Value value) {
        String sql = BY_TOKEN.get(value.token().name());
        if (sql == null) {
            return List.of();
        }
        String typed = value.typed().toLowerCase(Locale.ROOT);
        String pattern = typed.replaceAll("([\\\\%_])", "\\\\$1") + "%";
        Optional<List<String>> values = ReadSession.read(
                source, limit, session -> session.query(filled(sql, typed, pattern), row -> row.getString(1)));
        String quote = String.valueOf(value.quote());
        return values.orElseGet(List::of).stream()
                .filter(each -> !each.contains(quote))
                .map(each -> new Suggestion(quote + each + quote, value.from(), value.to(), Suggestion.Kind.VALUE, ""))
                .toList();
    }

    private static Sql filled(String sql, String typed, String pattern) {
        Sql filled = new Sql();
        int from = 0;
        for (int at = sql.indexOf(':'); at >= 0; at = sql.indexOf(':', from)) {
            filled.add(sql.substring(from, at));
            boolean ofTyped = sql.startsWith(":typed", at);
            filled.bind(ofTyped ? typed : pattern);
            from = at + (ofTyped ? ":typed" : ":pattern").length();
        }
        return filled.add(sql.substring(from)).add(" limit ").bind((long) MOST);
    }

    private static Map.Entry<String, String> ofHost(String token, String column) {
        return Map.entry(token, """
                select v from (select %1$s as v from asset where lower(%1$s) like :pattern limit %2$d) fits
                group by v order by count(*) desc, v""".formatted(column, HOSTS));
    }

    private static String ofDefinition(String column, String order) {
        return "select distinct %1$s as v from definition where lower(%1$s) like :pattern order by %2$s"
                .formatted(column, order);
    }

    private static Map.Entry<String, String> ofConnection(String token, String column) {
        return Map.entry(
                token,
                "select distinct %1$s as v from connection where lower(%1$s) like :pattern order by v"
                        .formatted(column));
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.records;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Definitions in the form that a destination wants them, made once for all findings of each. It keeps a bounded number:
 * there are far fewer definitions than findings, save under a map that makes one for each finding. Used by one thread.
 */
public final class Definitions<T> {

    private static final int PAGE = 1 << 10;
    private static final int MOST = 100_000;

    private final Function<FindingDefinition, T> form;
    private @Nullable Object[][] pages = new @Nullable Object[16][];
    private int kept;

    /** @param form makes of a definition what is kept of it */
    public Definitions(Function<FindingDefinition, T> form) {
        this.form = form;
    }

    /** Makes sure that {@link #get} knows these; it may forget others. */
    public void load(Connection connection, Iterable<int[]> wanted) throws SQLException {
        if (kept > MOST) {
            Arrays.fill(pages, null);
            kept = 0;
        }
        int[] missing = new int[256];
        int count = 0;
        java.util.BitSet asked = new java.util.BitSet();
        for (int[] ids : wanted) {
            for (int id : ids) {
                if (find(id) == null && !asked.get(id)) {
                    asked.set(id);
                    if (count == missing.length) {
                        missing = Arrays.copyOf(missing, count * 2);
                    }
                    missing[count++] = id;
                }
            }
        }
        if (count > 0) {
            read(connection, Arrays.copyOf(missing, count));
        }
    }

    /** The definition with this number, which was loaded. */
    public T get(int id) {
        T found = find(id);
        if (found == null) {
            throw new IllegalStateException("Definition " + id + " was not loaded");
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private @Nullable T find(int id) {
        int page = id / PAGE;
        @Nullable Object[] entries = page < pages.length ? pages[page] : null;
        return entries == null ? null : (T) entries[id % PAGE];
    }

    private void read(Connection connection, int[] ids) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select definition_id, external_finding_id, cve_id, title, description, severity, source_severity,
                       source_risk_score, published, category
                from definition where definition_id = any (?)""")) {
            select.setArray(
                    1,
                    connection.createArrayOf("int4", Arrays.stream(ids).boxed().toArray()));
            select.setFetchSize(2_000);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    keep(new FindingDefinition(
                            row.getInt(1),
                            row.getString(2),
                            Optional.ofNullable(row.getString(3)),
                            Optional.ofNullable(row.getString(4)),
                            Optional.ofNullable(row.getString(5)),
                            Optional.ofNullable(row.getObject(6, Integer.class)),
                            Optional.ofNullable(row.getString(7)),
                            Optional.ofNullable(row.getObject(8, Float.class)),
                            Optional.ofNullable(row.getObject(9, OffsetDateTime.class))
                                    .map(OffsetDateTime::toInstant),
                            Optional.ofNullable(row.getString(10))));
                }
            }
        }
    }

    private void keep(FindingDefinition definition) {
        int page = definition.id() / PAGE;
        if (page >= pages.length) {
            pages = Arrays.copyOf(pages, Math.max(page + 1, pages.length * 2));
        }
        @Nullable Object[] entries = pages[page];
        if (entries == null) {
            entries = new @Nullable Object[PAGE];
            pages[page] = entries;
        }
        entries[definition.id() % PAGE] = form.apply(definition);
        kept++;
    }
}

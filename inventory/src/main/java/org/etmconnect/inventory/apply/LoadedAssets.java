// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.etmconnect.inventory.identification.IdentityAttribute;
import org.etmconnect.inventory.identification.IdentityAttributes;
import org.jspecify.annotations.Nullable;

/**
 * By which values the assets can be found that a first load has made, while the indexes for that are not there. Holds hashes,
 * some 16 to 20 bytes a value, and so may name an asset too many but never one too few. Used by one thread.
 */
final class LoadedAssets {

    private final Set<IdentityAttribute> asked;

    /** Once so many values are held, the indexes cost less than the memory. */
    private final int most;

    /** Nobody outside can choose values of one hash. */
    private final int multiplier = ThreadLocalRandom.current().nextInt() | 1;

    /** The newest value of each bucket, plus 1. */
    private int[] newest = new int[1024];

    private int[] hashes = new int[1024];
    private int[] assetIds = new int[1024];
    /** The next older value of the same bucket, plus 1. */
    private int[] older = new int[1024];

    private int size;
    private int newestAsset;

    /**
     * @param asked the attributes that rules ask for; others are not kept
     * @param bytes of memory, about, that it may take
     */
    LoadedAssets(Set<IdentityAttribute> asked, long bytes) {
        this.asked = asked;
        this.most = Math.toIntExact(Math.min(bytes / 20, Integer.MAX_VALUE / 2));
    }

    /** Whether it knows of every asset that is there: nobody else has made one. Asked with the lock to identify. */
    boolean areAll(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select coalesce(max(asset_id), 0) from asset")) {
            row.next();
            return size < most && row.getInt(1) == newestAsset;
        }
    }

    /** Adds an asset, or values that one got. */
    void add(int assetId, AssetColumns columns) {
        newestAsset = Math.max(newestAsset, assetId);
        add(assetId, IdentityAttribute.CLOUD_INSTANCE_ID, lower(columns.cloudInstance()));
        add(assetId, IdentityAttribute.HOST_NAME, lower(columns.name()));
        columns.macAddresses().forEach(value -> add(assetId, IdentityAttribute.MAC_ADDRESS, value));
        columns.addresses().forEach(value -> add(assetId, IdentityAttribute.IP_ADDRESS, value));
    }

    private static @Nullable String lower(@Nullable String value) {
        return value == null ? null : value.toLowerCase(Locale.ROOT);
    }

    private void add(int assetId, IdentityAttribute attribute, @Nullable String value) {
        if (value == null || size >= most || !asked.contains(attribute)) {
            return;
        }
        if (size == hashes.length) {
            grow();
        }
        hashes[size] = hash(attribute, value);
        assetIds[size] = assetId;
        link(size++);
    }

    private void grow() {
        int length = size + (size >> 1);
        hashes = Arrays.copyOf(hashes, length);
        assetIds = Arrays.copyOf(assetIds, length);
        older = Arrays.copyOf(older, length);
        if (length > newest.length) {
            newest = new int[newest.length * 2];
            for (int at = 0; at < size; at++) {
                link(at);
            }
        }
    }

    private void link(int at) {
        int bucket = hashes[at] & (newest.length - 1);
        older[at] = newest[bucket];
        newest[bucket] = at + 1;
    }

    /** The assets that may share a value that is asked for with any of the records, ascending. */
    Set<Integer> sharing(Iterable<IdentityAttributes> records) {
        Set<Integer> sharing = new TreeSet<>();
        for (IdentityAttributes record : records) {
            record.values().forEach((attribute, values) -> {
                if (asked.contains(attribute) && attribute.findsHosts()) {
                    values.forEach(value -> find(hash(attribute, value), sharing));
                }
            });
        }
        return sharing;
    }

    private void find(int hash, Set<Integer> found) {
        for (int next = newest[hash & (newest.length - 1)]; next > 0; next = older[next - 1]) {
            if (hashes[next - 1] == hash) {
                found.add(assetIds[next - 1]);
            }
        }
    }

    private int hash(IdentityAttribute attribute, String value) {
        int hash = attribute.title().length();
        for (int i = 0; i < value.length(); i++) {
            hash = (hash ^ value.charAt(i)) * multiplier;
            hash ^= hash >>> 15;
        }
        return (hash * multiplier) ^ (hash >>> 13);
    }
}

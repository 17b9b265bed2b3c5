// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.etmconnect.inventory.AssetKeys;

/** A row with the asset that it is, or is about, as other systems know it. Attributes of the asset are today's. */
public record Identified<R>(R row, AssetIdentity asset) {

    static <R> List<Identified<R>> all(ReadSession session, View view, List<R> rows, ToIntFunction<R> assetId)
            throws SQLException {
        int[] ids = rows.stream().mapToInt(assetId).distinct().toArray();
        Map<Integer, AssetIdentity> assets = session
                .query(
                        Sql.of("select distinct on (a.asset_id) a.asset_id, " + AssetKeys.OF_RECORD
                                        + " as key, a.name, a.domain, a.type, a.os_name, a.os_version, a.cloud_provider,"
                                        + " a.cloud_instance, a.addresses, a.mac_addresses, k.vendor, k.product from "
                                        + view.records() + " s join connection k on k.connection_id = s.connection_id"
                                        + " join asset a on a.asset_id = s.asset_id where s.asset_id = any(")
                                .bind(ids)
                                .add(") order by a.asset_id, (s.retired_run is not null), s.source_record_id"),
                        Identified::asset)
                .stream()
                .collect(Collectors.toMap(AssetIdentity::id, Function.identity()));
        return rows.stream()
                .map(row -> new Identified<>(row, Objects.requireNonNull(assets.get(assetId.applyAsInt(row)))))
                .toList();
    }

    private static AssetIdentity asset(ResultSet row) throws SQLException {
        return new AssetIdentity(
                row.getInt("asset_id"),
                row.getString("key"),
                ReadSession.text(row, "name"),
                ReadSession.text(row, "domain"),
                ReadSession.text(row, "type"),
                ReadSession.text(row, "os_name"),
                ReadSession.text(row, "os_version"),
                ReadSession.text(row, "cloud_provider"),
                ReadSession.text(row, "cloud_instance"),
                ReadSession.lines(row, "addresses"),
                ReadSession.lines(row, "mac_addresses"),
                row.getString("vendor"),
                row.getString("product"));
    }
}

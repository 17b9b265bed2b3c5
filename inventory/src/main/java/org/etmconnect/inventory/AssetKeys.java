// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory;

/** What other systems know an asset by. */
public final class AssetKeys {

    /**
     * SQL for the key that the record {@code s}, of the columns {@code native_key} and {@code connection_id}, gives its asset:
     * the vendor's own id, with {@code @} and the connection's number behind it if an older connection uses that id too. An
     * asset has the key of its oldest record.
     */
    public static final String OF_RECORD = """
            s.native_key || case when exists (
                select from connection o join source_record t
                    on t.connection_id = o.connection_id and t.native_key = s.native_key
                where o.connection_id < s.connection_id)
            then '@' || s.connection_id else '' end""";

    private AssetKeys() {}
}

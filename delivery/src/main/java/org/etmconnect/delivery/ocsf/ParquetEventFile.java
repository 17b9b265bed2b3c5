// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.etmconnect.delivery.ocsf.OcsfEvents.Part;
import org.etmconnect.delivery.parquet.Cells;
import org.etmconnect.delivery.parquet.ParquetTable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Events as rows of a Parquet file, nested and named as in JSON: a query finds the same in both. */
final class ParquetEventFile implements EventFile<Cells> {

    private static final String BEGINNING = """
              required int32 activity_id;
              required int32 category_uid;
              required int32 class_uid;
              required int64 type_uid;
              required int32 severity_id;
              required int64 time;
              required group metadata {
                required binary version (STRING);
                required group product {
                  required binary name (STRING);
                  required binary vendor_name (STRING);
                }
              }
            """;

    private static final MessageType ASSETS =
            MessageTypeParser.parseMessageType("message inventory_info {" + BEGINNING + """
              required group device {
                required binary uid (STRING);
                required int32 type_id;
                optional binary hostname (STRING);
                optional binary name (STRING);
                optional binary domain (STRING);
                optional binary ip (STRING);
                optional binary mac (STRING);
                optional binary instance_uid (STRING);
                optional int64 first_seen_time;
                optional int64 last_seen_time;
                optional group os {
                  required binary name (STRING);
                  required int32 type_id;
                  optional binary version (STRING);
                }
                optional group network_interfaces (LIST) {
                  repeated group list {
                    required group element {
                      optional binary ip (STRING);
                      optional binary mac (STRING);
                      required int32 type_id;
                    }
                  }
                }
              }
            }
            """);

    private static final MessageType FINDINGS =
            MessageTypeParser.parseMessageType("message vulnerability_finding {" + BEGINNING + """
              required int32 status_id;
              required group resources (LIST) {
                repeated group list {
                  required group element {
                    required binary uid (STRING);
                    required binary type (STRING);
                    optional binary name (STRING);
                    optional binary hostname (STRING);
                    optional binary ip (STRING);
                  }
                }
              }
              required group finding_info {
                required binary uid (STRING);
                required int64 first_seen_time;
                optional int64 last_seen_time;
                required binary title (STRING);
              }
              required group vulnerabilities (LIST) {
                repeated group list {
                  required group element {
                    optional binary title (STRING);
                    optional binary desc (STRING);
                    optional binary severity (STRING);
                    optional group cve {
                      required binary uid (STRING);
                      optional int64 created_time;
                    }
                    optional group advisory {
                      required binary uid (STRING);
                      optional int64 created_time;
                    }
                  }
                }
              }
            }
            """);

    private static final String UID = "finding_info.uid";

    private final ParquetTable table;

    private ParquetEventFile(OutputStream out, MessageType type, String unlike) throws IOException {
        this.table = new ParquetTable(out, type, Set.of(unlike), Map.of("ocsf.version", OcsfEvents.SCHEMA));
    }

    static ParquetEventFile ofAssets(OutputStream out) throws IOException {
        return new ParquetEventFile(out, ASSETS, "device.uid");
    }

    static ParquetEventFile ofFindings(OutputStream out) throws IOException {
        return new ParquetEventFile(out, FINDINGS, UID);
    }

    @Override
    public void write(ObjectNode event) throws IOException {
        table.row(table.cells(event));
    }

    @Override
    public Cells prepared(Part part) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.setAll(part.event());
        event.set("finding_info", part.info());
        return table.cells(event);
    }

    @Override
    public void write(Cells asset, Cells state, Cells definition, String uid) throws IOException {
        table.row(state, asset, definition, table.cell(UID, uid));
    }

    @Override
    public void finish() throws IOException {
        table.finish();
    }
}

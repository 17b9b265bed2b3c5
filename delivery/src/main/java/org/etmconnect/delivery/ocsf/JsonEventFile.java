// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.ocsf;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.etmconnect.delivery.ocsf.OcsfEvents.Part;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Events as JSON Lines. A finding is put together of bytes that were rendered once for each asset and definition. */
final class JsonEventFile implements EventFile<JsonEventFile.Rendered> {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final byte[] INFO = ",\"finding_info\":{\"uid\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "}}\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;

    JsonEventFile(OutputStream out) {
        this.out = out;
    }

    /** Members without the braces round them. */
    @SuppressWarnings("ArrayRecordComponent")
    record Rendered(byte[] event, byte[] info) {}

    @Override
    public void write(ObjectNode event) throws IOException {
        out.write(JSON.writeValueAsBytes(event));
        out.write('\n');
    }

    @Override
    public Rendered prepared(Part part) {
        return new Rendered(members(part.event()), members(part.info()));
    }

    private static byte[] members(ObjectNode object) {
        String text = JSON.writeValueAsString(object);
        return text.substring(1, text.length() - 1).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void write(Rendered asset, Rendered state, Rendered definition, String uid) throws IOException {
        out.write('{');
        out.write(state.event());
        out.write(',');
        out.write(asset.event());
        out.write(',');
        out.write(definition.event());
        out.write(INFO);
        out.write(JSON.writeValueAsBytes(uid));
        for (Rendered part : new Rendered[] {asset, state, definition}) {
            if (part.info().length > 0) {
                out.write(',');
                out.write(part.info());
            }
        }
        out.write(END);
    }

    @Override
    public void finish() {}
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The target data model {@code ETM Host Asset}: a host asset with its findings. */
public final class EtmHostAsset {

    private static final DataModel MODEL = read();

    private EtmHostAsset() {}

    /**
     * The model, read from the resource {@code etm-host-asset.yaml}. Keys that Qualys names in its documentation are there to
     * the letter; keys that are inferred from search tokens say so in their description.
     */
    public static DataModel model() {
        return MODEL;
    }

    private static DataModel read() {
        try (InputStream text = EtmHostAsset.class.getResourceAsStream("etm-host-asset.yaml")) {
            if (text == null) {
                throw new IllegalStateException(
                        "The resource etm-host-asset.yaml is missing beside EtmHostAsset: the transform module's jar is broken");
            }
            JsonNode root = YAMLMapper.shared().readTree(text);
            return new DataModel(
                    root.required("name").asString(),
                    root.required("description").asString(),
                    fields(root));
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read the resource etm-host-asset.yaml", e);
        }
    }

    private static List<Field> fields(JsonNode parent) {
        return parent.path("fields").valueStream().map(EtmHostAsset::field).toList();
    }

    private static Field field(JsonNode node) {
        return new Field(
                node.required("name").asString(),
                FieldType.valueOf(node.required("type").asString()),
                node.path("list").asBoolean(false),
                node.required("description").asString(),
                Optional.of(node.path("example").asString("")).filter(text -> !text.isEmpty()),
                fields(node),
                node.path("open").asBoolean(false),
                node.path("identifier").asBoolean(false),
                Optional.of(node.path("sameValueAs").asString("")).filter(text -> !text.isEmpty()));
    }
}

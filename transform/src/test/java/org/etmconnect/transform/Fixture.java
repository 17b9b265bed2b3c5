// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etmconnect.connector.FieldType.DECIMAL;
import static org.etmconnect.connector.FieldType.INSTANT;
import static org.etmconnect.connector.FieldType.INTEGER;
import static org.etmconnect.connector.FieldType.OBJECT;
import static org.etmconnect.connector.FieldType.TEXT;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.Field;
import org.etmconnect.connector.FieldType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A source model like an endpoint's, the default map's rows and their shorthand. */
final class Fixture {

    static final DataModel SOURCE = new DataModel(
            "Cortex XDR Endpoint",
            "An endpoint with its CVEs.",
            List.of(
                    one("endpoint_id", TEXT),
                    one("endpoint_name", TEXT),
                    one("operating_system", TEXT),
                    one("os_version", TEXT),
                    one("domain", TEXT),
                    one("endpoint_type", TEXT),
                    one("public_ip", TEXT),
                    one("first_seen", INSTANT),
                    one("install_count", INTEGER),
                    many("allIPs", TEXT),
                    many("ip", TEXT),
                    many("ipv6", TEXT),
                    many("mac_address", TEXT),
                    object("tags", false, many("server_tags", TEXT), many("endpoint_tags", TEXT)),
                    one("cloud_provider", TEXT),
                    object("adapters", true, one("address", TEXT), one("mac", TEXT)),
                    object(
                            "cves",
                            true,
                            one("name", TEXT),
                            one("severity", TEXT),
                            one("description", TEXT),
                            one("publication_date", INSTANT),
                            one("severity_score", DECIMAL),
                            many("affected_products", TEXT))));

    private Fixture() {}

    static Field one(String name, FieldType type) {
        return new Field(name, type, false, "", Optional.empty(), List.of(), false, false, Optional.empty());
    }

    static Field many(String name, FieldType type) {
        return new Field(name, type, true, "", Optional.empty(), List.of(), false, false, Optional.empty());
    }

    static Field object(String name, boolean list, Field... fields) {
        return new Field(name, OBJECT, list, "", Optional.empty(), List.of(fields), false, false, Optional.empty());
    }

    static TransformMap defaultMap() {
        return map(resource("cortex-xdr-endpoint.yaml"));
    }

    static TransformMap map(String yaml) {
        MapReading reading = MapYaml.read(yaml);
        assertThat(reading).isInstanceOf(MapReading.Read.class);
        return ((MapReading.Read) reading).map();
    }

    /** A map of the rows given, with those that every map needs. */
    static TransformMap mapWith(String rows) {
        return map("""
                name: Test
                source: Cortex XDR Endpoint
                target: ETM Host Asset
                rows:
                  - {source: endpoint_id, target: externalAssetId}
                """ + rows.indent(2));
    }

    static Compilation compile(TransformMap map) {
        return TransformPlan.compile(map, SOURCE, EtmHostAsset.model(), "cves");
    }

    static TransformPlan plan(TransformMap map) {
        Compilation compilation = compile(map);
        assertThat(compilation).as("%s", compilation.problems()).isInstanceOf(Compilation.Compiled.class);
        return ((Compilation.Compiled) compilation).plan();
    }

    static List<String> problems(TransformMap map) {
        return compile(map).problems().stream().map(MapProblem::text).toList();
    }

    static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text);
    }

    static ObjectNode document(TransformPlan plan, String source) {
        MappedDocument document = plan.document(json(source));
        assertThat(document).isInstanceOf(MappedDocument.Mapped.class);
        return ((MappedDocument.Mapped) document).document();
    }

    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(Fixture.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("Cannot read the test resource " + name, e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ConfigurationWriterTest {

    private static final JsonNode CONNECTOR = JsonMapper.shared().readTree("""
            {"authFields": [{"key": "baseURL", "type": "STRING"}, {"key": "apiKey", "type": "ENCRYPTED_STRING"}]}
            """);

    private static ConfigurationDocument read(String text) {
        ConfigurationReader reader = new ConfigurationReader(variable -> Optional.of("planted-" + variable));
        reader.read("x.yaml", text, Path.of(""));
        assertThat(reader.problems()).as(text).isEmpty();
        return reader.documents().getFirst();
    }

    @Provide
    static Arbitrary<String> texts() {
        Arbitrary<String> awkward = Arbitraries.of(
                "true",
                "null",
                "~",
                "1e3",
                "0x1F",
                "- a",
                "a: b",
                "a #b",
                "\"q\"",
                "'q'",
                "&a",
                "*a",
                "!t",
                "%d",
                "@x",
                "`x`",
                "{a}",
                "[a]",
                "|",
                ">",
                "---",
                "...",
                "Büro 東京",
                "a\nb",
                " a ",
                "a\n\nb\n",
                "=",
                "<<",
                "2026-12-01T02:00");
        return Arbitraries.oneOf(
                awkward,
                Arbitraries.strings().withCharRange(' ', '~').ofMinLength(1).ofMaxLength(60));
    }

    @Property(tries = 300)
    void aConnectionReadsAsWhatWasWritten(
            @ForAll("texts") String name, @ForAll("texts") String description, @ForAll("texts") String value) {
        ObjectNode connection = JsonNodeFactory.instance.objectNode();
        connection.put("name", name).put("description", description).put("connector", "c");
        connection.putArray("findingTypes").add("VULNERABILITY");
        connection.putObject("values").put("baseURL", value);
        connection.put("secretsSetAt", "2026-01-01T00:00:00Z");
        connection
                .putObject("network")
                .put("requestsPerSecond", 0.5)
                .put("connectTimeoutSeconds", 10.0)
                .put("responseTimeoutSeconds", 60.0)
                .put("parallelRequests", 8)
                .putObject("proxy")
                .put("host", value)
                .put("port", 3128)
                .put("user", name);

        ConfigurationDocument document = read(ConfigurationWriter.connection(connection, CONNECTOR, "ETM_X_"));

        assertThat(document.name()).isEqualTo(name);
        assertThat(document.body().path("description").asString()).isEqualTo(description);
        assertThat(document.body().at("/values/baseURL").asString()).isEqualTo(value);
        assertThat(document.body().at("/secrets/apiKey").asString()).isEqualTo("planted-ETM_X_APIKEY");
        assertThat(document.body().at("/network/proxy/user").asString()).isEqualTo(name);
        assertThat(document.body().at("/network/proxy/password").asString()).isEqualTo("planted-ETM_X_PROXY_PASSWORD");
        assertThat(document.body().at("/network/requestsPerSecond").asDouble()).isEqualTo(0.5);
    }

    @Property(tries = 300)
    void aProfileReadsAsWhatWasWritten(
            @ForAll("texts") String connection, @ForAll("texts") String name, @ForAll("texts") String map) {
        ObjectNode profile = JsonNodeFactory.instance.objectNode();
        profile.put("name", name)
                .put("transformMap", map)
                .put("transformMapVersion", 3)
                .put("active", false);
        profile.putObject("schedule")
                .put("kind", "RECURRING")
                .put("start", "2026-12-01T02:00")
                .put("cron", "0 2 * * *")
                .put("zone", "Europe/Berlin");

        ConfigurationDocument document = read(ConfigurationWriter.profile(profile, connection));

        assertThat(document.owner()).contains(connection);
        assertThat(document.body()).isEqualTo(profile);
    }

    @Test
    void aMapIsWrittenAsItWasSavedCommentsAndAll() {
        String text = "# ours\nname: Mine\nsource: S\ntarget: T\nrows:\n  # the key\n  - {source: a, target: b}\n";

        String document =
                ConfigurationWriter.map("Mine", "---\r\n" + text.replace("\n", "\r\n") + "\r\n", Optional.of(4));

        assertThat(document).isEqualTo("apiVersion: etm-connect/v1\nkind: TransformMap\nversion: 4\n" + text);
        assertThat(read(document).body().path("version").asInt()).isEqualTo(4);
    }

    @Test
    void aMapInBracesIsWrittenAsLines() {
        String document = ConfigurationWriter.map(
                "Mine", "{name: Mine, source: S, target: T, rows: [{source: a, target: b}]}", Optional.empty());

        assertThat(read(document).body().path("yaml").asString()).startsWith("name: Mine\nsource: S\n");
    }

    @Test
    void twoConnectionsOfLikeNamesHaveVariablesOfTheirOwn() {
        assertThat(ConfigurationWriter.variables(List.of("Head-office", "Head office", "東京")))
                .isEqualTo(Map.of(
                        "Head office",
                        "ETM_HEAD_OFFICE_",
                        "Head-office",
                        "ETM_HEAD_OFFICE_2_",
                        "東京",
                        "ETM_CONNECTION_"));
    }
}

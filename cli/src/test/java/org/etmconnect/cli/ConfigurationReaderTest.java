// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationReaderTest {

    private static final String CONNECTION = """
            apiVersion: etm-connect/v1
            kind: Connection
            name: Head office
            connector: cortex-xdr
            findingTypes: [VULNERABILITY]
            values:
              baseURL: https://api-acme.example.com
              x-xdr-auth-id: 007
            secrets:
              apiKey: {fromEnv: ACME_KEY}
            """;

    @TempDir
    Path folder;

    private ConfigurationReader read(String text) {
        ConfigurationReader reader = new ConfigurationReader(
                name -> Optional.ofNullable(Map.of("ACME_KEY", "planted-key\n").get(name)));
        reader.read("acme.yaml", text, folder);
        return reader;
    }

    @Test
    void aValueIsTheTextThatStandsThereEvenIfItLooksLikeANumber() {
        ConfigurationDocument document = read(CONNECTION).documents().getFirst();

        assertThat(document.body().at("/values/x-xdr-auth-id").asString()).isEqualTo("007");
        assertThat(document.body().at("/secrets/apiKey").asString()).isEqualTo("planted-key");
        assertThat(document.lineOf("baseURL")).isEqualTo(7);
        assertThat(document.lineOf("network.proxy.port")).isEqualTo(1);
    }

    @Test
    void anUnknownFieldIsRefusedWithItsLineAndTheNearestName() {
        assertThat(read("# ours\n\n" + CONNECTION + "descripton: x\n").problems())
                .containsExactly("acme.yaml:13: Unknown field descripton. Did you mean description?");
        assertThat(read(CONNECTION + "network:\n  proxy:\n    hots: proxy\n    port: x\n")
                        .problems())
                .containsExactly(
                        "acme.yaml:13: Unknown field network.proxy.hots. Did you mean host?",
                        "acme.yaml:14: network.proxy.port is a whole number.",
                        "acme.yaml:13: The field network.proxy.host is missing.");
    }

    @Test
    void allMistakesOfAllDocumentsAreSaidWithTheirLines() {
        assertThat(read("""
                kind: Connection
                ---
                apiVersion: etm-connect/v2
                kind: Connection
                ---
                apiVersion: etm-connect/v1
                kind: Conection
                --- # the next has none
                apiVersion: etm-connect/v1
                name: x
                ---
                - a list
                ---
                apiVersion: [
                """).problems())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("acme.yaml:1: The document has no apiVersion."),
                        second -> assertThat(second)
                                .startsWith("acme.yaml:3: This program reads apiVersion etm-connect/v1"),
                        third -> assertThat(third)
                                .isEqualTo("acme.yaml:7: There is no kind Conection. Did you mean Connection?"),
                        fourth -> assertThat(fourth).startsWith("acme.yaml:9: The document has no kind."),
                        fifth -> assertThat(fifth).startsWith("acme.yaml:12: A document is a mapping"),
                        sixth -> assertThat(sixth).startsWith("acme.yaml:14: This is not YAML"));
    }

    @Test
    void aCredentialInAFileIsReadBesideTheYamlFileAndOneWrittenOutIsWarnedOf() throws IOException {
        Files.writeString(folder.resolve("key.txt"), "from-a-file\n");
        String head = CONNECTION.substring(0, CONNECTION.indexOf("  apiKey"));

        assertThat(read(head + "  apiKey: {fromFile: key.txt}")
                        .documents()
                        .getFirst()
                        .body()
                        .at("/secrets/apiKey")
                        .asString())
                .isEqualTo("from-a-file");
        assertThat(read(head + "  apiKey: {fromFile: nowhere.txt}").problems())
                .singleElement()
                .asString()
                .startsWith("acme.yaml:10: secrets.apiKey: the file nowhere.txt cannot be read");
        ConfigurationReader literal = read(head + "  apiKey: planted-literal");
        assertThat(literal.warnings())
                .singleElement()
                .asString()
                .startsWith("acme.yaml:10: ")
                .doesNotContain("planted");
        assertThat(read(head + "  apiKey: {fromVault: x}").problems())
                .containsExactly(
                        "acme.yaml:10: secrets.apiKey is {fromEnv: NAME}, {fromFile: PATH} or the credential itself.");
    }

    @Test
    void aMapsTextIsTheDocumentWithoutItsTwoLines() {
        String text = "# why\nname: Mine\n\nrows:\n  - source: a # --- no end\n";
        ConfigurationDocument document = read("\n---\r\napiVersion: etm-connect/v1\r\n"
                        + text.replace("rows", "kind: TransformMap\nrows") + "\n\n---\n")
                .documents()
                .getFirst();

        assertThat(document.body().path("yaml").asString()).isEqualTo(text);
        assertThat(document.name()).isEqualTo("Mine");
        assertThat(document.textLines()).startsWith(4, 5, 6, 8, 9);
    }

    @Test
    void oneThingTwiceIsRefused() {
        assertThat(read(CONNECTION + "---\n" + CONNECTION).problems())
                .containsExactly("acme.yaml:12: Connection \"Head office\" stands already in acme.yaml:1.");
    }

    @Test
    void anchorsAreRefusedSoThatNothingCanGrowBehindTheReadersBack() {
        assertThat(read(CONNECTION.replace("name: Head office", "name: &n Head office"))
                        .problems())
                .singleElement()
                .asString()
                .startsWith("acme.yaml:3: name cannot have an anchor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{a: ", "- "})
    void whatIsNestedWithoutEndIsRefused(String opening) {
        assertThat(read("apiVersion: etm-connect/v1\nkind: Connection\nname:\n  " + opening.repeat(50_000) + "\n")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("acme.yaml:4: ")
                .contains("nested more than 20 deep");
    }

    @Test
    void aDocumentThatIsTooLongIsRefused() {
        assertThat(read(CONNECTION + "description: " + "x".repeat(4 << 20) + "\n")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("acme.yaml:1: This is not YAML");
    }

    @Test
    void aliasesThatWouldGrowWithoutEndAreRefused() {
        String text = CONNECTION + "description: &a [x, x, x, x, x, x, x, x, x]\n";
        for (char name = 'b'; name < 'l'; name++) {
            String before = "*" + (char) (name - 1);
            text += "x" + name + ": &" + name + " [" + (before + ", ").repeat(8) + before + "]\n";
        }

        assertThat(read(text).problems()).isNotEmpty();
    }
}

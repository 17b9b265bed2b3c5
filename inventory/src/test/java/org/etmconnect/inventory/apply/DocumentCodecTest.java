// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DocumentCodecTest {

    private static final String KEY = "00053ee56f11cadd3798260660f15b88";

    private final DocumentCodec codec = new DocumentCodec();

    @Test
    void aDocumentThatTheFirstVersionStoredIsReadAsItWas() {
        byte[] stored = Base64.getMimeDecoder().decode("""
                AZ2Tuw6CMBSG38Ud0/bY0/bs6OAgwcteaDEsDILvb0sIBhRD3P+e5r983yThEwneS6w4L61zoIwW
                yBBZxWWh9fTEOb8lbJ+m6vg2OZpeMAUJE5cwAy4IYCsQo6kx15jLIT9ds1VOR1a4CfoZBFwphFja
                0nZmvfdvcGj/c5sxDRqinUwUSnIm2lGWwJH4JXFIrCJm+k2vJWvT1p2n7Nn4mHLtH9R29h5yCXz9
                gXgAO6y+CTea0vel1wnzqtAGmHZeSLsTqmf/BQ==""");

        ObjectNode document = codec.decompress(stored, KEY);

        assertThat(document.path("externalAssetId").asString()).isEqualTo(KEY);
        assertThat(document.path("operatingSystem").path("name").asString()).isNotEmpty();
        assertThat(storedAnew(document, KEY)).hasSizeLessThan(stored.length * 3 / 4);
    }

    @Test
    void aDocumentThatTheSecondVersionStoredIsReadAsItWas() {
        byte[] stored = Base64.getMimeDecoder().decode("""
                AqPchLSiRN2UJF1zvA7G20BCTteJybmpsGAgMU1DUqGxroFJiIGplYGZlYE5MBVaEJ3ngKr1jLFl
                PIgE7qIFWFQZGFkZGJOWdIozS1Kt3IoS87LTSotKlICFLAA=""");

        ObjectNode document = codec.decompress(stored, KEY);

        assertThat(document.path("externalAssetId").asString()).isEqualTo(KEY);
        assertThat(document.at("/operatingSystem/name").asString()).isEqualTo("Debian 12.8");
        assertThat(document.at("/temp_q_customAttributes/serverTags/0").asString())
                .isEqualTo("site:Frankfurt");
        assertThat(storedAnew(document, KEY)).startsWith(DocumentCodec.WITHOUT_KEY);
    }

    private byte[] storedAnew(ObjectNode document, String key) {
        try (DocumentCompressor compressor = new DocumentCompressor()) {
            byte[] stored = compressor.compress(codec.json(document), key);
            assertThat(codec.decompress(stored, key)).isEqualTo(document);
            return stored;
        }
    }

    @Property(tries = 200)
    void aDocumentComesBackWhateverItsKeyAndItsContents(@ForAll String key, @ForAll String name) {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.put("externalAssetId", key.replaceAll("\\p{Cs}", "")).put("hostName", name.replaceAll("\\p{Cs}", ""));

        storedAnew(document, key);
    }

    @Test
    void aDocumentThatDoesNotBeginWithItsKeyComesBack() {
        ObjectNode document = JsonMapper.shared().createObjectNode().put("hostName", "web1");

        assertThat(storedAnew(document, KEY)).startsWith(DocumentCodec.WHOLE);
    }

    @Test
    void whatWasDamagedIsRefusedAndSaysSo() {
        byte[] stored = storedAnew(JsonMapper.shared().createObjectNode().put("hostName", "a".repeat(500)), KEY);

        assertThatThrownBy(() -> codec.decompress(Arrays.copyOf(stored, stored.length - 3), KEY))
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> codec.decompress(Arrays.copyOf(stored, 1), KEY))
                .hasMessageContaining("damaged");
    }

    @Test
    void whatALaterVersionStoredIsRefused() {
        assertThatThrownBy(() -> codec.decompress(new byte[] {5, 0}, KEY))
                .hasMessageContaining("older than its database");
    }
}

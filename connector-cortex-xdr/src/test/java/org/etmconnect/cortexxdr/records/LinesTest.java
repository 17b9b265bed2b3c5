// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Cutting a list out of a line loses nothing, and a bad line is as bad without it. */
class LinesTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String[] ELEMENTS = {
        "\"host-1\"",
        "\"\"",
        "\" Host 2 \"",
        "\"b\\u00fcro\"",
        "\"büro\"",
        "\"a\\\\\"",
        "null",
        "17",
        "[\"in\"]",
        "{\"affected_hosts\":[\"in\"]}",
        "\"" + "x".repeat(300) + "\""
    };

    private record Read(Optional<JsonNode> row, List<String> cut) {}

    /** Gives what it holds in small pieces. */
    private static InputStream dribbling(byte[] bytes, Random random) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] to, int offset, int length) {
                return super.read(to, offset, Math.min(length, 1 + random.nextInt(40)));
            }
        };
    }

    private static Read cut(InputStream in) throws IOException {
        List<String> texts = new ArrayList<>();
        Lines lines = new Lines(
                in,
                "affected_hosts",
                (bytes, from, to) -> texts.add(new String(bytes, from, to - from, StandardCharsets.UTF_8)));
        if (!lines.next()) {
            return new Read(Optional.empty(), texts);
        }
        try {
            return new Read(Optional.of(JSON.readTree(lines)), texts);
        } catch (JacksonException e) {
            return new Read(Optional.empty(), texts);
        }
    }

    private static Optional<JsonNode> whole(String line) {
        try {
            return Optional.of(JSON.readTree(line));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static String row(Random random) {
        StringBuilder list = new StringBuilder("[");
        int count = random.nextInt(8);
        int plain = random.nextInt(4) == 0 ? ELEMENTS.length : 3;
        for (int i = 0; i < count; i++) {
            list.append(i == 0 ? "" : random.nextInt(3) == 0 ? " , " : ",").append(ELEMENTS[random.nextInt(plain)]);
        }
        list.append(random.nextInt(3) == 0 ? " ]" : "]");
        return "{\"name\":\"affected_hosts\", \"x\":{\"affected_hosts\":[\"no\"]},\"affected_hosts\" :" + list
                + ",\"y\":[1,\"]\"]}";
    }

    /** Puts what was cut back in front of what stayed. */
    private static JsonNode mended(Read read) {
        JsonNode row = read.row().orElseThrow();
        if (row instanceof ObjectNode object && object.get("affected_hosts") != null) {
            List<JsonNode> all = new ArrayList<>();
            read.cut().forEach(text -> all.add(object.stringNode(text)));
            object.get("affected_hosts").forEach(all::add);
            object.putArray("affected_hosts").addAll(all);
        }
        return row;
    }

    @Property(tries = 2_000)
    void whatIsCutAndWhatStaysAreTheWholeRow(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        String line = row(random);
        Read read = cut(dribbling((line + "\n").getBytes(StandardCharsets.UTF_8), random));
        assertThat(mended(read)).isEqualTo(whole(line).orElseThrow());
    }

    @Property(tries = 5_000)
    void aLineIsRefusedExactlyIfItIsRefusedWhole(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder line = new StringBuilder(row(random));
        for (int i = random.nextInt(3); i >= 0 && !line.isEmpty(); i--) {
            int at = random.nextInt(line.length());
            switch (random.nextInt(3)) {
                case 0 -> line.deleteCharAt(at);
                case 1 -> line.insert(at, ",]\"[{}:\\ 1".charAt(random.nextInt(10)));
                default -> line.setLength(at + 1);
            }
        }
        // a blank line is none
        line.insert(0, line.toString().isBlank() ? "{" : "");
        Read read = cut(dribbling((line + "\n").getBytes(StandardCharsets.UTF_8), random));
        assertThat(read.row().isPresent())
                .as(line.toString())
                .isEqualTo(whole(line.toString()).isPresent());
    }

    @Test
    void theNextLineFollowsALineThatWasNotReadToItsEnd() throws IOException {
        String text = "{\"affected_hosts\":[\"a\",\"b\"],\"z\":1}\n\n{\"affected_hosts\":[\"c\"]}\n";
        List<String> texts = new ArrayList<>();
        Lines lines = new Lines(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                "affected_hosts",
                (bytes, from, to) -> texts.add(new String(bytes, from, to - from, StandardCharsets.UTF_8)));
        assertThat(lines.next()).isTrue();
        assertThat(lines.read()).isEqualTo('{');
        assertThat(lines.shown()).isEqualTo("{\"affected_hosts\":[\"a\",\"b\"],\"z\":1}");
        assertThat(lines.next()).isTrue();
        assertThat(lines.number()).isEqualTo(3);
        assertThat(new String(lines.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("{\"affected_hosts\":[]}");
        assertThat(texts).containsExactly("c");
        assertThat(lines.next()).isFalse();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class MapFuzzTest {

    @FuzzTest
    void everyTextIsAMapThatWritesAndReadsAgainOrSaysWhatIsWrong(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        switch (MapYaml.read(text)) {
            case MapReading.Unreadable(var problems) ->
                assertThat(problems)
                        .isNotEmpty()
                        .allSatisfy(problem -> assertThat(problem.text()).isNotBlank());
            case MapReading.Read(TransformMap map) -> {
                assertThat(MapYaml.read(MapYaml.write(map))).isEqualTo(new MapReading.Read(map));
                Compilation compilation = Fixture.compile(map);
                assertThat(compilation.problems())
                        .allSatisfy(problem -> assertThat(problem.text()).isNotBlank());
                if (compilation instanceof Compilation.Compiled compiled) {
                    compiled.plan().document(Fixture.json(ExpressionFuzzTest.HOST));
                }
            }
        }
        assertThat(MapYaml.bare(MapYaml.bare(text))).isEqualTo(MapYaml.bare(text));
    }
}

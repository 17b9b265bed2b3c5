// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import com.fasterxml.jackson.annotation.Nulls;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * The API describes no list or map that holds null, and no text that is none: half of a pair of surrogates, which JSON can
 * hold, would be stored as a question mark. None gets past the reading of a body.
 */
@Configuration(proxyBeanMethods = false)
class StrictBodies {

    @Bean
    JsonMapperBuilderCustomizer noNullsInListsAndMapsAndNoHalvesOfCharacters() {
        return builder -> builder.changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
                .addModule(new SimpleModule("whole characters").addDeserializer(String.class, new WholeCharacters()));
    }

    private static final class WholeCharacters extends StdScalarDeserializer<String> {

        WholeCharacters() {
            super(String.class);
        }

        @Override
        public @Nullable String deserialize(JsonParser parser, DeserializationContext context) {
            String text = StringDeserializer.instance.deserialize(parser, context);
            if (text != null && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
                return context.reportInputMismatch(this, "The text holds half of a character");
            }
            return text;
        }
    }
}

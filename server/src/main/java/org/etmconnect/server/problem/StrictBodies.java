// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * The API describes no list or map that holds null, but for those of any content, and no text that is none: half of a pair of
 * surrogates, which JSON can hold, would be stored as a question mark. None gets past the reading of a body. What is stored
 * and what vendors sent is read elsewhere, may hold both, and is answered with its nulls.
 */
@Configuration(proxyBeanMethods = false)
class StrictBodies {

    /** Fields that are null are left out; what a map holds is not. */
    @Bean
    JsonMapperBuilderCustomizer nullsInMaps() {
        return json -> json.changeDefaultPropertyInclusion(
                inclusion -> inclusion.withContentInclusion(JsonInclude.Include.ALWAYS));
    }

    /** After Spring Boot's own, which it replaces. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    ServerHttpMessageConvertersCustomizer jsonOfBodies(JsonMapper json) {
        JsonMapper strict = json.rebuild()
                .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL))
                .annotationIntrospector(AnnotationIntrospector.pair(
                        new NullsAmongAnything(), json.deserializationConfig().getAnnotationIntrospector()))
                .addModule(new SimpleModule("whole characters").addDeserializer(String.class, new WholeCharacters()))
                .build();
        return converters -> converters.withJsonConverter(new JacksonJsonHttpMessageConverter(strict));
    }

    /** A map of any content is a document of somebody else's, where null is a value. */
    private static final class NullsAmongAnything extends NopAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
            JavaType set = annotated instanceof AnnotatedMethod method && method.getParameterCount() == 1
                    ? method.getParameterType(0)
                    : annotated.getType();
            JavaType content = set.getContentType();
            return content != null && content.isJavaLangObject()
                    ? JsonSetter.Value.forContentNulls(Nulls.SET)
                    : JsonSetter.Value.empty();
        }
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

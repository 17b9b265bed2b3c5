// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.lang.reflect.InvocationTargetException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.etmconnect.server.problem.ApiProblem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Objects of the API as its own {@code GET} operations show them, without a request. So the audit log needs no code in
 * each route, and shows nothing that a Manager could not read. Safe for use by several threads.
 */
@Component
final class States implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(States.class);

    private final Operations operations;
    private final ObjectProvider<RequestMappingHandlerMapping> mapping;
    private final JsonMapper json;
    private final DefaultConversionService conversion = new DefaultConversionService();
    private Map<String, HandlerMethod> handlers = Map.of();

    States(
            Operations operations,
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping,
            JsonMapper json) {
        this.operations = operations;
        this.mapping = mapping;
        this.json = json;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Map<String, HandlerMethod> found = new HashMap<>();
        mapping.getObject()
                .getHandlerMethods()
                .values()
                .forEach(handler -> found.put(handler.getMethod().getName(), handler));
        handlers = Map.copyOf(found);
    }

    /**
     * The path of the object that an operation works on: its own, if that can be read, or the nearest one above that
     * names one object. Empty if there is none, as when something is made.
     */
    Optional<String> placeOf(Operation operation, String path) {
        boolean sameIsObject = !operation.method().equals("POST");
        String place = path;
        String pattern = operation.path().getPatternString();
        while (pattern.lastIndexOf('/') > 0) {
            if ((sameIsObject && place.equals(path)) || pattern.endsWith("}")) {
                if (operations.find("GET", place).isPresent()) {
                    return Optional.of(place);
                }
            }
            pattern = pattern.substring(0, pattern.lastIndexOf('/'));
            place = place.substring(0, place.lastIndexOf('/'));
        }
        return Optional.empty();
    }

    /** The object at {@code path} as {@code GET} shows it; empty if there is none. */
    Optional<JsonNode> read(String path) {
        return operations.find("GET", path).flatMap(operation -> {
            HandlerMethod handler = handlers.get(operation.id());
            PathPattern.PathMatchInfo match = operation.path().matchAndExtract(PathContainer.parsePath(path));
            return handler == null || match == null ? Optional.empty() : ask(handler, match.getUriVariables());
        });
    }

    private Optional<JsonNode> ask(HandlerMethod handler, Map<String, String> variables) {
        try {
            @Nullable
            Object[] arguments = java.util.Arrays.stream(handler.getMethodParameters())
                    .sorted(Comparator.comparingInt(MethodParameter::getParameterIndex))
                    .map(parameter -> argument(parameter, variables))
                    .toArray();
            Object answer =
                    handler.getMethod().invoke(handler.createWithResolvedBean().getBean(), arguments);
            Object body = answer instanceof ResponseEntity<?> entity ? entity.getBody() : answer;
            return Optional.ofNullable(body).map(each -> json.valueToTree(each));
        } catch (InvocationTargetException failure) {
            if (!(failure.getCause() instanceof ApiProblem)) {
                LOG.warn("The audit log cannot show an object: {} failed", handler, failure.getCause());
            }
            return Optional.empty();
        } catch (IllegalAccessException | ConversionException unfit) {
            LOG.debug("The audit log cannot show an object by {}", handler, unfit);
            return Optional.empty();
        }
    }

    private @Nullable Object argument(MethodParameter parameter, Map<String, String> variables) {
        PathVariable variable = parameter.getParameterAnnotation(PathVariable.class);
        if (variable != null) {
            return conversion.convert(variables.get(variable.value()), parameter.getParameterType());
        }
        RequestParam query = parameter.getParameterAnnotation(RequestParam.class);
        return query == null || query.defaultValue().equals(ValueConstants.DEFAULT_NONE)
                ? null
                : conversion.convert(query.defaultValue(), parameter.getParameterType());
    }
}

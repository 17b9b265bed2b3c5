// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.security;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.etmconnect.server.security.Operation.Access;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The operations of the API's description, which says itself who may call what: there is no second list to forget.
 * Immutable and safe for use by several threads.
 */
public final class Operations {

    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    private final List<Operation> all;

    private Operations(List<Operation> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Reads the description of this server.
     *
     * @throws IllegalStateException if an operation does not say who may call it
     */
    public static Operations ofServer() {
        try (InputStream file = Operations.class.getResourceAsStream("/openapi/etm-connect.yaml")) {
            if (file == null) {
                throw new IllegalStateException("The API's description is not in the server's jar. Build it again.");
            }
            return read(file);
        } catch (IOException failure) {
            throw new IllegalStateException("The API's description cannot be read", failure);
        }
    }

    static Operations read(InputStream description) {
        Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(description);
        List<Operation> operations = new ArrayList<>();
        Set<String> wrong = new TreeSet<>();
        Map<String, Object> shared = map(map(map(document).get("components")).get("parameters"));
        map(map(document).get("paths"))
                .forEach((path, item) -> map(item).forEach((method, details) -> {
                    if (METHODS.contains(method)) {
                        Map<String, Object> operation = map(details);
                        try {
                            operations.add(operation(method, path, operation, shared));
                        } catch (IllegalArgumentException unknown) {
                            wrong.add(method.toUpperCase(Locale.ROOT) + " " + path);
                        }
                    }
                }));
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("These operations do not say who may call them: " + String.join(", ", wrong)
                    + ". Add \"x-role: VIEWER\", MANAGER or OPEN to each in etm-connect.yaml.");
        }
        operations.sort(Comparator.comparing(Operation::path));
        return new Operations(operations);
    }

    private static Operation operation(
            String method, String path, Map<String, Object> details, Map<String, Object> shared) {
        Access access = Access.valueOf(String.valueOf(details.get("x-role")));
        boolean audited = details.get("x-audited") instanceof Boolean said
                ? said
                : access == Access.MANAGER && !method.equals("get");
        return new Operation(
                String.valueOf(details.get("operationId")),
                method.toUpperCase(Locale.ROOT),
                PathPatternParser.defaultInstance.parse(path),
                access,
                audited,
                lists(details, shared));
    }

    private static Set<String> lists(Map<String, Object> details, Map<String, Object> shared) {
        Set<String> lists = new TreeSet<>();
        if (details.get("parameters") instanceof List<?> parameters) {
            for (Object each : parameters) {
                Map<String, Object> parameter = map(each).get("$ref") instanceof String reference
                        ? map(shared.get(reference.substring(reference.lastIndexOf('/') + 1)))
                        : map(each);
                if ("array".equals(map(parameter.get("schema")).get("type"))) {
                    lists.add(String.valueOf(parameter.get("name")));
                }
            }
        }
        return lists;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** All of them. */
    public List<Operation> all() {
        return all;
    }

    /** The one that answers this request; {@code HEAD} is answered as {@code GET} is. */
    public Optional<Operation> find(String method, String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        String wanted = method.equals("HEAD") ? "GET" : method;
        return all.stream()
                .filter(each -> each.method().equals(wanted) && each.path().matches(parsed))
                .findFirst();
    }

    /** The methods that are answered at this path, with {@code HEAD} where there is {@code GET}; none if there is no such path. */
    Set<String> methods(String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        Set<String> methods = new TreeSet<>();
        for (Operation each : all) {
            if (each.path().matches(parsed)) {
                methods.add(each.method());
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.transform;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The elements of a target array while it is made. Elements that agree on a field of a kin (fields whose values name the same
 * thing) become one, unless they differ in a field that both have.
 */
@SuppressWarnings("ReferenceEquality") // which element it is matters, not what it is like
final class ElementList {

    /** Up to this many elements, looking at each is cheaper than an index. */
    private static final int FEW = 12;

    /**
     * What the elements are like.
     *
     * @param fields the names of an element's fields, in the model's order
     * @param kins sets of fields whose values name the same thing
     */
    record Kind(List<String> fields, List<List<String>> kins) {}

    private final Kind kind;
    private final @Nullable Trace trace;
    private final List<ObjectNode> elements = new ArrayList<>();
    private @Nullable Map<KinValue, List<ObjectNode>> index;

    private record KinValue(int kin, JsonNode value) {}

    ElementList(Kind kind, @Nullable Trace trace) {
        this.kind = kind;
        this.trace = trace;
    }

    void add(ObjectNode element) {
        if (element.isEmpty()) {
            return;
        }
        if (kind.kins().isEmpty()) {
            elements.add(element);
            return;
        }
        ObjectNode same = find(element);
        if (same == null) {
            elements.add(element);
            enterIndex(element);
            return;
        }
        merge(element, same);
        // What it brought may be what a third element is called by.
        for (ObjectNode third = find(same); third != null; third = find(same)) {
            ObjectNode earlier = elements.indexOf(third) < elements.indexOf(same) ? third : same;
            ObjectNode later = third == earlier ? same : third;
            removeExactly(later);
            merge(later, earlier);
            same = earlier;
        }
    }

    boolean isEmpty() {
        return elements.isEmpty();
    }

    ArrayNode toArray() {
        ArrayNode array = JsonNodeFactory.instance.arrayNode(elements.size());
        elements.forEach(array::add);
        return array;
    }

    private @Nullable ObjectNode find(ObjectNode element) {
        if (elements.size() > FEW) {
            return findByIndex(element);
        }
        for (int i = 0; i < elements.size(); i++) {
            ObjectNode candidate = elements.get(i);
            if (candidate != element && agree(candidate, element) && !differ(candidate, element)) {
                return candidate;
            }
        }
        return null;
    }

    private @Nullable ObjectNode findByIndex(ObjectNode element) {
        if (index == null) {
            index = new HashMap<>();
            elements.forEach(this::enterIndex);
        }
        for (int kin = 0; kin < kind.kins().size(); kin++) {
            for (String field : kind.kins().get(kin)) {
                JsonNode value = element.get(field);
                if (value == null) {
                    continue;
                }
                for (ObjectNode candidate : index.getOrDefault(new KinValue(kin, value), List.of())) {
                    if (candidate != element && !differ(candidate, element)) {
                        return candidate;
                    }
                }
            }
        }
        return null;
    }

    private void enterIndex(ObjectNode element) {
        if (index == null) {
            return;
        }
        for (int kin = 0; kin < kind.kins().size(); kin++) {
            for (String field : kind.kins().get(kin)) {
                JsonNode value = element.get(field);
                if (value != null) {
                    List<ObjectNode> entered =
                            index.computeIfAbsent(new KinValue(kin, value), key -> new ArrayList<>(1));
                    if (entered.stream().noneMatch(other -> other == element)) {
                        entered.add(element);
                    }
                }
            }
        }
    }

    private void removeExactly(ObjectNode element) {
        elements.removeIf(other -> other == element);
        if (index != null) {
            index.values().forEach(entered -> entered.removeIf(other -> other == element));
        }
    }

    private boolean agree(ObjectNode one, ObjectNode other) {
        for (List<String> kin : kind.kins()) {
            for (String field : kin) {
                JsonNode value = one.get(field);
                if (value == null) {
                    continue;
                }
                for (String otherField : kin) {
                    if (value.equals(other.get(otherField))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean differ(ObjectNode one, ObjectNode other) {
        for (Map.Entry<String, JsonNode> property : other.properties()) {
            JsonNode value = one.get(property.getKey());
            if (value != null && !value.equals(property.getValue())) {
                return true;
            }
        }
        return false;
    }

    private void merge(ObjectNode from, ObjectNode into) {
        boolean added = false;
        for (Map.Entry<String, JsonNode> property : from.properties()) {
            if (into.get(property.getKey()) == null) {
                into.set(property.getKey(), property.getValue());
                added = true;
            }
        }
        if (added) {
            restoreOrder(into);
            enterIndex(into);
        }
        if (trace != null) {
            trace.merged(from, into);
        }
    }

    private void restoreOrder(ObjectNode element) {
        int last = -1;
        boolean ordered = true;
        for (String name : element.propertyNames()) {
            int at = kind.fields().indexOf(name);
            if (at >= 0) {
                ordered &= at > last;
                last = at;
            }
        }
        if (!ordered) {
            Map<String, JsonNode> rest = new LinkedHashMap<>();
            element.forEachEntry(rest::put);
            element.removeAll();
            for (String name : kind.fields()) {
                JsonNode value = rest.remove(name);
                if (value != null) {
                    element.set(name, value);
                }
            }
            rest.forEach(element::set);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.etmconnect.simulator.population.Truth;
import tools.jackson.databind.JsonNode;

/** The calls under {@code /simulator}, by which tests and the demo steer the tenant from outside. */
final class ControlCalls {

    private final CortexXdrSimulator simulator;

    ControlCalls(CortexXdrSimulator simulator) {
        this.simulator = simulator;
    }

    void handle(String method, String call, String query, JsonNode body, Answer answer) throws IOException {
        try {
            switch (method + " " + call) {
                case "GET truth" -> answer.json(200, truth(query));
                case "GET day" -> answer.json(200, Map.of("day", simulator.day()));
                case "POST day" -> {
                    if (!body.path("day").isInt()) {
                        throw new IllegalArgumentException("give the body {\"day\": N}");
                    }
                    simulator.moveToDay(body.path("day").intValue());
                    answer.json(200, Map.of("day", simulator.day()));
                }
                case "POST faults" -> {
                    List<FaultScript> scripts = body.path("faults")
                            .valueStream()
                            .map(node -> FaultScript.parse(node.asString("")))
                            .toList();
                    if (scripts.isEmpty()) {
                        throw new IllegalArgumentException(
                                "give the body {\"faults\": [\"get_endpoint@3:429\"]}; a fault is "
                                        + FaultScript.SYNTAX);
                    }
                    scripts.forEach(simulator::inject);
                    answer.json(200, Map.of("injected", scripts.size()));
                }
                case "DELETE faults" -> {
                    simulator.clearFaults();
                    answer.json(200, Map.of("injected", 0));
                }
                case "GET requests" -> answer.json(200, simulator.requests());
                default ->
                    answer.json(
                            404,
                            Map.of(
                                    "error",
                                    "There is no " + method + " /simulator/" + call
                                            + "; there is GET truth, GET and POST day, POST and DELETE faults, GET requests"));
            }
        } catch (IllegalArgumentException e) {
            answer.json(400, Map.of("error", String.valueOf(e.getMessage())));
        }
    }

    private Truth truth(String query) {
        List<Integer> days = IntStream.rangeClosed(0, simulator.day()).boxed().toList();
        Truth.Dismissed dismissed = Truth.Dismissed.COUNTED;
        for (String part : query.split("&", -1)) {
            String value = part.substring(part.indexOf('=') + 1);
            if (part.startsWith("day=")) {
                days = IntStream.rangeClosed(0, Integer.parseInt(value)).boxed().toList();
            } else if (part.startsWith("days=")) {
                days = Arrays.stream(value.split(",", -1)).map(Integer::valueOf).toList();
            } else if (part.equals("dismissed=left-out")) {
                dismissed = Truth.Dismissed.LEFT_OUT;
            }
        }
        return Truth.over(simulator.population(), days, dismissed).getLast();
    }
}

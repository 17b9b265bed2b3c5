// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a field of a configuration document may hold. */
sealed interface DocumentShape {

    /** Any single value, taken as the text that stands there. */
    record Text() implements DocumentShape {}

    /** A whole number. */
    record Whole() implements DocumentShape {}

    /** A number. */
    record Decimal() implements DocumentShape {}

    /** True or false. */
    record Flag() implements DocumentShape {}

    /** One of some words. */
    record Choice(List<String> words) implements DocumentShape {}

    /** A credential: where it is to be found, or itself. */
    record Credential() implements DocumentShape {}

    /** A list. */
    record Many(DocumentShape each) implements DocumentShape {}

    /** Names that the connector gives a meaning to. */
    record Open(DocumentShape each) implements DocumentShape {}

    /** Known names. */
    record Fields(Map<String, Member> members) implements DocumentShape {}

    /** A known name's value. */
    record Member(DocumentShape shape, boolean required) {}

    /** The shape of a document of this kind, without {@code apiVersion} and {@code kind}. */
    static Fields of(DocumentKind kind) {
        return switch (kind) {
            case Connection -> connection();
            case IdentificationRules -> identificationRules();
            case Profile -> profile();
            case Destination -> destination();
            // A map's text is checked by the server, which knows the models.
            case TransformMap -> new Fields(Map.of());
        };
    }

    private static Fields connection() {
        Map<String, Member> members = new LinkedHashMap<>();
        members.put("name", needed(new Text()));
        members.put("description", optional(new Text()));
        members.put("connector", needed(new Text()));
        members.put("findingTypes", needed(new Many(new Choice(List.of("HOST_ASSET", "VULNERABILITY")))));
        members.put("values", needed(new Open(new Text())));
        members.put("network", optional(network()));
        members.put("secrets", optional(new Open(new Credential())));
        return new Fields(members);
    }

    private static Fields destination() {
        Map<String, Member> members = new LinkedHashMap<>();
        members.put("name", needed(new Text()));
        members.put("description", optional(new Text()));
        members.put("destinationKind", needed(new Text()));
        members.put("values", needed(new Open(new Text())));
        members.put("network", optional(network()));
        members.put("secrets", optional(new Open(new Credential())));
        members.put("active", optional(new Flag()));
        members.put("afterRuns", optional(new Flag()));
        members.put("schedule", optional(schedule()));
        return new Fields(members);
    }

    private static Fields network() {
        Map<String, Member> proxy = new LinkedHashMap<>();
        proxy.put("host", needed(new Text()));
        proxy.put("port", needed(new Whole()));
        proxy.put("user", optional(new Text()));
        proxy.put("password", optional(new Credential()));
        Map<String, Member> network = new LinkedHashMap<>();
        network.put("proxy", optional(new Fields(proxy)));
        network.put("caCertificatesPem", optional(new Text()));
        network.put("connectTimeoutSeconds", optional(new Decimal()));
        network.put("responseTimeoutSeconds", optional(new Decimal()));
        network.put("requestsPerSecond", optional(new Decimal()));
        network.put("parallelRequests", optional(new Whole()));
        return new Fields(network);
    }

    private static Fields identificationRules() {
        Map<String, Member> rule = new LinkedHashMap<>();
        rule.put("name", needed(new Text()));
        rule.put("description", optional(new Text()));
        rule.put(
                "attributes",
                optional(new Many(new Choice(List.of(
                        "CLOUD_INSTANCE_ID",
                        "MAC_ADDRESS",
                        "HOST_NAME",
                        "DOMAIN",
                        "IP_ADDRESS",
                        "OPERATING_SYSTEM",
                        "ASSET_TYPE")))));
        rule.put("enabled", optional(new Flag()));
        Map<String, Member> connection = new LinkedHashMap<>();
        connection.put("connection", needed(new Text()));
        connection.put("createUnmanagedAsset", optional(new Flag()));
        connection.put(
                "switches",
                optional(new Many(new Fields(Map.of("rule", needed(new Text()), "enabled", needed(new Flag()))))));
        Map<String, Member> members = new LinkedHashMap<>();
        members.put("rules", needed(new Many(new Fields(rule))));
        members.put("connections", optional(new Many(new Fields(connection))));
        return new Fields(members);
    }

    private static Fields schedule() {
        Map<String, Member> schedule = new LinkedHashMap<>();
        schedule.put("kind", needed(new Choice(List.of("NONE", "SINGLE_OCCURRENCE", "RECURRING"))));
        schedule.put("at", optional(new Text()));
        schedule.put("start", optional(new Text()));
        schedule.put("end", optional(new Text()));
        schedule.put("every", optional(new Whole()));
        schedule.put("unit", optional(new Choice(List.of("HOURS", "DAYS", "WEEKS"))));
        schedule.put("cron", optional(new Text()));
        schedule.put("zone", optional(new Text()));
        return new Fields(schedule);
    }

    private static Fields profile() {
        Map<String, Member> members = new LinkedHashMap<>();
        members.put("connection", needed(new Text()));
        members.put("name", needed(new Text()));
        members.put("description", optional(new Text()));
        members.put("transformMap", needed(new Text()));
        members.put("transformMapVersion", optional(new Whole()));
        members.put("active", optional(new Flag()));
        members.put("schedule", optional(schedule()));
        return new Fields(members);
    }

    private static Member needed(DocumentShape shape) {
        return new Member(shape, true);
    }

    private static Member optional(DocumentShape shape) {
        return new Member(shape, false);
    }
}

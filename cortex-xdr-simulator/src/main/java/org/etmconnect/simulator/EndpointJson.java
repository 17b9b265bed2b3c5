// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator;

import java.util.List;
import org.etmconnect.simulator.population.Cloud;
import org.etmconnect.simulator.population.Endpoint;
import tools.jackson.core.JsonGenerator;

/** Writes hosts as the endpoint calls show them. */
final class EndpointJson {

    private final FaultBook.Struck faults;
    private final boolean numbersAsText;

    EndpointJson(FaultBook.Struck faults) {
        this.faults = faults;
        this.numbersAsText = faults.has(Fault.NumbersAsText.class);
    }

    static String type(Endpoint endpoint) {
        return endpoint.os().server() ? "AGENT_TYPE_SERVER" : "AGENT_TYPE_WORKSTATION";
    }

    void full(JsonGenerator out, Endpoint endpoint) {
        out.writeStartObject();
        out.writeStringProperty("endpoint_id", endpoint.endpointId());
        out.writeStringProperty("endpoint_name", endpoint.name());
        out.writeStringProperty("endpoint_type", type(endpoint));
        out.writeStringProperty("endpoint_status", endpoint.status().name());
        out.writeStringProperty("os_type", endpoint.os().platform().osType());
        out.writeStringProperty("os_version", endpoint.os().version());
        out.writeStringProperty("operating_system", endpoint.os().name());
        addresses(out, endpoint, "ip", endpoint.ipv4());
        addresses(out, endpoint, "ipv6", endpoint.ipv6());
        if (!endpoint.publicIp().isEmpty()) {
            out.writeStringProperty("public_ip", endpoint.publicIp());
        }
        list(out, "users", endpoint.users());
        out.writeStringProperty("domain", endpoint.domain());
        out.writeStringProperty("alias", endpoint.alias());
        number(out, "first_seen", endpoint.firstSeen());
        number(out, "last_seen", endpoint.lastSeen());
        out.writeStringProperty("content_version", endpoint.contentVersion());
        out.writeStringProperty("installation_package", endpoint.os().platform().filterName() + "-standard");
        if (endpoint.slot() % 3 == 0) {
            out.writeNullProperty("active_directory");
        } else {
            list(out, "active_directory", List.of());
        }
        number(out, "install_date", endpoint.installed());
        out.writeStringProperty("endpoint_version", endpoint.agentVersion());
        out.writeStringProperty("is_isolated", endpoint.isolated() ? "AGENT_ISOLATED" : "AGENT_UNISOLATED");
        if (endpoint.isolated()) {
            number(out, "isolated_date", endpoint.lastSeen());
        } else {
            out.writeNullProperty("isolated_date");
        }
        if (endpoint.groupNames().isEmpty() && endpoint.slot() % 5 == 0) {
            out.writeNullProperty("group_name");
        } else {
            list(out, "group_name", endpoint.groupNames());
        }
        out.writeStringProperty("operational_status", "PROTECTED");
        out.writeNullProperty("operational_status_description");
        out.writeStringProperty("scan_status", "SCAN_STATUS_NONE");
        number(out, "content_release_timestamp", endpoint.contentReleased());
        number(out, "last_content_update_time", endpoint.contentReleased() + 600_000);
        out.writeStringProperty("content_status", "UP_TO_DATE");
        addresses(out, endpoint, "mac_address", endpoint.macAddresses());
        out.writeStringProperty(
                "assigned_prevention_policy", endpoint.os().platform().filterName() + " default");
        out.writeStringProperty("assigned_extensions_policy", "");
        out.writeNullProperty("token_hash");
        boolean oldAgent = endpoint.slot() % 97 == 0
                && endpoint.serverTags().isEmpty()
                && endpoint.endpointTags().isEmpty();
        if (!oldAgent) {
            tags(out, endpoint);
        }
        Cloud cloud = endpoint.cloud().orElse(new Cloud("", "", "", "", ""));
        out.writeStringProperty("cloud_provider", cloud.provider());
        out.writeStringProperty("cloud_region", cloud.region());
        out.writeStringProperty("cloud_provider_account_id", cloud.accountId());
        out.writeStringProperty("cloud_instance_id", cloud.instanceId());
        out.writeStringProperty("cloud_id", cloud.id());
        out.writeEndObject();
    }

    void thin(JsonGenerator out, Endpoint endpoint) {
        out.writeStartObject();
        out.writeStringProperty("agent_id", endpoint.endpointId());
        out.writeStringProperty("agent_status", endpoint.status().name());
        out.writeStringProperty("operational_status", "PROTECTED");
        out.writeStringProperty("host_name", endpoint.name());
        out.writeStringProperty("agent_type", endpoint.os().server() ? "Server" : "Workstation");
        addresses(out, endpoint, "ip", endpoint.ipv4());
        number(out, "last_seen", endpoint.lastSeen());
        tags(out, endpoint);
        list(out, "users", endpoint.users());
        out.writeEndObject();
    }

    /** Fresh agents show all three ways in which tenants leave addresses out. */
    private void addresses(JsonGenerator out, Endpoint endpoint, String field, List<String> values) {
        if (!endpoint.fresh()) {
            list(out, field, values);
        } else if (endpoint.slot() % 3 == 0) {
            out.writeNullProperty(field);
        } else if (endpoint.slot() % 3 == 1) {
            list(out, field, List.of());
        }
    }

    private void tags(JsonGenerator out, Endpoint endpoint) {
        if (faults.hasNull("tags")) {
            out.writeNullProperty("tags");
            return;
        }
        out.writeObjectPropertyStart("tags");
        list(out, "server_tags", endpoint.serverTags());
        list(out, "endpoint_tags", endpoint.endpointTags());
        out.writeEndObject();
    }

    private void list(JsonGenerator out, String field, List<String> values) {
        if (faults.hasNull(field)) {
            out.writeNullProperty(field);
            return;
        }
        out.writeArrayPropertyStart(field);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    private void number(JsonGenerator out, String field, long value) {
        if (numbersAsText) {
            out.writeStringProperty(field, Long.toString(value));
        } else {
            out.writeNumberProperty(field, value);
        }
    }
}

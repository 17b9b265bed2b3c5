// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.Patience;
import org.etmconnect.delivery.Verification;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads back how many findings a subscription has, by a report: asked for, waited for, counted as it is read. */
final class ReadBack {

    private static final String REPORTS = "/etm/api/rest/v1/reports/";
    private static final int MOST_LOOKS = 60;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final GatewayClient client;
    private final Patience patience;

    ReadBack(GatewayClient client, Patience patience) {
        this.client = client;
        this.patience = patience;
    }

    /** Never fails for what the gateway answers: that is in the result. */
    Verification verify(String query, long expected) throws InterruptedException {
        try {
            long found = count(query);
            return new Verification(query, expected, Optional.of(found), Instant.now(), Optional.empty());
        } catch (DeliveryFailure failure) {
            return new Verification(query, expected, Optional.empty(), Instant.now(), Optional.of(failure.reason()));
        }
    }

    private long count(String query) throws InterruptedException {
        ObjectNode wanted = JsonNodeFactory.instance.objectNode();
        wanted.put("reportFormat", "JSON").put("name", "ETM Connect").put("findingsQql", query);
        JsonNode asked =
                client.ask("POST", REPORTS + "findings", Optional.of(JSON.writeValueAsBytes(wanted)), JSON::readTree);
        String id = asked.path("id").asString(asked.path("reportId").asString(""));
        if (id.isEmpty() || !id.matches("[A-Za-z0-9_-]+")) {
            throw new DeliveryFailure(
                    FailureKind.BAD_DATA, "The gateway took the report's query, but named no report.");
        }
        for (int looks = 1; looks <= MOST_LOOKS; looks++) {
            String status = client.ask("GET", REPORTS + id, Optional.empty(), JSON::readTree)
                    .path("status")
                    .asString("")
                    .toUpperCase(Locale.ROOT);
            if (status.equals("COMPLETED")) {
                return client.ask("GET", REPORTS + id + "/download", Optional.empty(), ReadBack::findings);
            }
            if (status.equals("FAILED")) {
                throw new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        "Qualys could not make the report of «" + query + "». Try the query in ETM's search first.");
            }
            Thread.sleep(patience.waitAfter(looks));
        }
        throw new DeliveryFailure(
                FailureKind.REMOTE_UNAVAILABLE, "The report was not made in time. The next delivery asks again.");
    }

    private static long findings(InputStream body) throws IOException {
        long count = 0;
        try (ZipInputStream zip = new ZipInputStream(body)) {
            for (ZipEntry part = zip.getNextEntry(); part != null; part = zip.getNextEntry()) {
                if (part.getName().endsWith(".json")) {
                    count += elements(new Unclosed(zip));
                }
            }
        }
        return count;
    }

    /** How many elements a list has, or the first list of an object. */
    private static long elements(InputStream json) {
        try (JsonParser parser = JSON.createParser(json)) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT) {
                token = parser.nextToken();
                while (token != null && token != JsonToken.START_ARRAY) {
                    if (token == JsonToken.START_OBJECT) {
                        parser.skipChildren();
                    }
                    token = parser.nextToken();
                }
            }
            long count = 0;
            while (token != null && (token = parser.nextToken()) != null && token != JsonToken.END_ARRAY) {
                parser.skipChildren();
                count++;
            }
            return count;
        }
    }

    /** The parts of a ZIP are read from one stream. */
    private static final class Unclosed extends FilterInputStream {

        Unclosed(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}

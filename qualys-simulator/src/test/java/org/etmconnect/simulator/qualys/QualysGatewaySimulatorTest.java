// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.qualys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QualysGatewaySimulatorTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private QualysGatewaySimulator gateway = QualysGatewaySimulator.start(GatewaySettings.defaults());

    @AfterEach
    void stop() {
        gateway.close();
        client.close();
    }

    private void instead(GatewaySettings settings) {
        gateway.close();
        gateway = QualysGatewaySimulator.start(settings);
    }

    private HttpResponse<String> post(String path, String type, String token, String body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(gateway.baseUrl() + path))
                        .header("Content-Type", type)
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String token() throws IOException, InterruptedException {
        HttpResponse<String> answer = post(
                "/auth", "application/x-www-form-urlencoded", "", "username=etm-user&password=etm-password&token=true");
        assertThat(answer.statusCode()).isEqualTo(201);
        return answer.body();
    }

    private HttpResponse<String> send(String token, String... keys) throws IOException, InterruptedException {
        StringBuilder assets = new StringBuilder();
        for (String key : keys) {
            assets.append(assets.isEmpty() ? "" : ",")
                    .append("{\"identityAttributes\":{\"sourceNativeKey\":\"")
                    .append(key)
                    .append(
                            "\"},\"coreAttributes\":{\"hostName\":\"h\"},\"findings\":[{\"id\":\"CVE-1\",\"severity\":5}]}");
        }
        return post(
                "/rest/2.0/am/connector/asset/data/sync",
                "application/json",
                token,
                "{\"connectorMetaData\":{\"connectorUuid\":\""
                        + gateway.settings().connectorUuid() + "\"},\"assetData\":[" + assets + "]}");
    }

    @Test
    void whatIsSentCanBeReadBack() throws Exception {
        assertThat(send(token(), "a", "b").body()).contains("SUCCESSFULLY_PUBLISHED");
        assertThat(gateway.assets()).containsOnlyKeys("a", "b");
        assertThat(gateway.assets().get("a").findings()).containsOnlyKeys("CVE-1");
    }

    @Test
    void aTokenEndsAndAWrongOneIsRefused() throws Exception {
        instead(GatewaySettings.defaults().withTokenLife(Duration.ofMillis(1)));
        String token = token();
        Thread.sleep(5);
        assertThat(send(token, "a").statusCode()).isEqualTo(401);
        assertThat(gateway.assets()).isEmpty();
    }

    @Test
    void aPartlyRejectedBatchNamesWhatWasRejected() throws Exception {
        gateway.inject("sync@1:207=1");
        HttpResponse<String> answer = send(token(), "a", "b");
        assertThat(answer.statusCode()).isEqualTo(207);
        assertThat(answer.body()).contains("\"b\":\"Asset could not be processed\"");
        assertThat(gateway.assets()).containsOnlyKeys("a");
    }

    @Test
    void callsBeyondTheRateAreToldHowLongToWait() throws Exception {
        instead(GatewaySettings.defaults().withLimits(10, 1, Duration.ofHours(1)));
        String token = token();
        assertThat(send(token, "a").headers().firstValue("X-RateLimit-Remaining"))
                .hasValue("0");
        HttpResponse<String> refused = send(token, "a");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("X-RateLimit-ToWait-Sec")).isPresent();
    }

    @Test
    void anAnswerThatIsLostWasWorkedOffAllTheSame() throws Exception {
        gateway.inject("sync@1:lost");
        String token = token();
        assertThatThrownBy(() -> send(token, "a")).isInstanceOf(IOException.class);
        assertThat(gateway.assets()).containsOnlyKeys("a");
    }

    @Test
    void aSubscriptionWithoutCsamTakesNothing() throws Exception {
        instead(GatewaySettings.defaults().withSubscription(true, false, true));
        assertThat(send(token(), "a").statusCode()).isEqualTo(403);
    }
}

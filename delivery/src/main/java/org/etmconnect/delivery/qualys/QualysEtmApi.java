// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.ConnectionTest.Outcome;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryStopped;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.Patience;
import org.etmconnect.inventory.configuration.DestinationSettings;

/** A Qualys subscription, by its import of third-party assets. */
public final class QualysEtmApi implements DestinationKind {

    private final Patience patience;

    public QualysEtmApi() {
        this(Patience.ofDelivery());
    }

    /** With a patience of its own. */
    public QualysEtmApi(Patience patience) {
        this.patience = patience;
    }

    @Override
    public String id() {
        return "qualys-etm-api";
    }

    @Override
    public String title() {
        return "Qualys ETM, by API";
    }

    @Override
    public String description() {
        return "Sends what changed to a Webhook connector of your Qualys subscription.";
    }

    @Override
    public List<AuthField> fields() {
        return GatewaySettings.fields();
    }

    @Override
    public Set<String> leadTo() {
        return Set.of(
                GatewaySettings.GATEWAY,
                GatewaySettings.AUTHENTICATION,
                GatewaySettings.USERNAME,
                GatewaySettings.CLIENT_ID);
    }

    @Override
    public List<Problem> check(DestinationSettings settings) {
        return switch (GatewaySettings.read(settings)) {
            case GatewaySettings.Read.Usable ignored -> List.of();
            case GatewaySettings.Read.Unusable(List<Problem> problems) -> problems;
        };
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) throws InterruptedException {
        return switch (GatewaySettings.read(settings)) {
            case GatewaySettings.Read.Unusable(List<Problem> problems) ->
                new ConnectionTest(problems.stream()
                        .map(problem -> failed("Settings", FailureKind.CONFIGURATION, problem.message()))
                        .toList());
            case GatewaySettings.Read.Usable(GatewaySettings usable) -> {
                try (GatewayClient client = new GatewayClient(usable, Patience.ofTest())) {
                    yield test(client, usable);
                }
            }
        };
    }

    private static ConnectionTest test(GatewayClient client, GatewaySettings settings) throws InterruptedException {
        String name = "Sign in";
        try {
            client.signIn();
            Check signedIn = new Check(name, Outcome.PASSED, Optional.empty(), "The gateway gave a token.", "");
            name = "Asset import";
            // An empty batch is refused as such by a gateway that knows the connector; nothing is imported by it.
            client.send(EtmPayload.request(settings, List.of()), List.of());
            Check asked = new Check(
                    name,
                    Outcome.PASSED,
                    Optional.empty(),
                    "The gateway answers for the connector " + settings.connectorUuid() + ".",
                    "");
            return new ConnectionTest(List.of(signedIn, asked));
        } catch (DeliveryFailure failure) {
            Check failed = failed(name, failure.kind(), failure.reason());
            return new ConnectionTest(
                    name.equals("Sign in")
                            ? List.of(failed)
                            : List.of(
                                    new Check(
                                            "Sign in",
                                            Outcome.PASSED,
                                            Optional.empty(),
                                            "The gateway gave a token.",
                                            ""),
                                    failed));
        }
    }

    private static Check failed(String name, FailureKind kind, String message) {
        return new Check(name, Outcome.FAILED, Optional.of(kind), message, "");
    }

    @Override
    public void deliver(DeliveryWork work) {
        switch (GatewaySettings.read(work.settings())) {
            case GatewaySettings.Read.Unusable(List<Problem> problems) ->
                throw new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        String.join(" ", problems.stream().map(Problem::message).toList()));
            case GatewaySettings.Read.Usable(GatewaySettings usable) -> {
                try (GatewayClient client = new GatewayClient(usable, patience)) {
                    QualysDelivery delivery = new QualysDelivery(work, usable, client);
                    delivery.run();
                    if (usable.verificationQuery().isPresent()) {
                        work.report()
                                .verified(new ReadBack(client, patience)
                                        .verify(usable.verificationQuery().get(), delivery.expectedFindings()));
                    }
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw new DeliveryStopped();
                }
            }
        }
    }
}

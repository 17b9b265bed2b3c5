// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.qualys;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.SettingsCheck.Problem;
import org.etmconnect.delivery.DeliveryFailure;
import org.etmconnect.delivery.DeliveryStopped;
import org.etmconnect.delivery.DeliveryWork;
import org.etmconnect.delivery.DestinationKind;
import org.etmconnect.delivery.Patience;
import org.etmconnect.delivery.SettingsRead;
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
        return GatewaySettings.read(settings).problems();
    }

    @Override
    public ConnectionTest test(DestinationSettings settings) throws InterruptedException {
        return switch (GatewaySettings.read(settings)) {
            case SettingsRead.Unusable<GatewaySettings> unusable -> unusable.test();
            case SettingsRead.Usable<GatewaySettings>(GatewaySettings usable) -> {
                try (GatewayClient client = new GatewayClient(usable, Patience.ofTest())) {
                    yield test(client, usable);
                }
            }
        };
    }

    private static ConnectionTest test(GatewayClient client, GatewaySettings settings) throws InterruptedException {
        List<Check> checks = new ArrayList<>();
        String name = "Sign in";
        try {
            client.signIn();
            checks.add(Check.passed(name, "The gateway gave a token."));
            name = "Asset import";
            // An empty batch is refused as such by a gateway that knows the connector; nothing is imported by it.
            client.send(EtmPayload.request(settings, List.of()), List.of());
            checks.add(Check.passed(name, "The gateway answers for the connector " + settings.connectorUuid() + "."));
        } catch (DeliveryFailure failure) {
            checks.add(Check.failed(name, failure.kind(), failure.reason()));
        }
        return new ConnectionTest(checks);
    }

    @Override
    public void deliver(DeliveryWork work) {
        GatewaySettings settings = GatewaySettings.read(work.settings()).orFail();
        try (GatewayClient client = new GatewayClient(settings, patience)) {
            QualysDelivery delivery = new QualysDelivery(work, settings, client);
            delivery.run();
            if (settings.verificationQuery().isPresent()) {
                work.report()
                        .verified(new ReadBack(client, patience)
                                .verify(settings.verificationQuery().get(), delivery.expectedFindings()));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new DeliveryStopped();
        }
    }
}

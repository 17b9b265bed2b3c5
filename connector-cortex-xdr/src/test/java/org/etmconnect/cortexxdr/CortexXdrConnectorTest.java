// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.ServiceLoader;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.FieldType;
import org.etmconnect.simulator.ApiKey;
import org.etmconnect.simulator.CortexXdrSimulator;
import org.etmconnect.simulator.HostInsights;
import org.etmconnect.simulator.SimulatorSettings;
import org.etmconnect.simulator.population.PopulationSettings;
import org.junit.jupiter.api.Test;

class CortexXdrConnectorTest {

    private static final SimulatorSettings TENANT = SimulatorSettings.of(new PopulationSettings(3, 120, 20));
    private static final ApiKey ADVANCED = ApiKey.advanced("1", "advanced-key");

    private static List<Check> test(SimulatorSettings tenant, String key, String level) throws InterruptedException {
        try (CortexXdrSimulator simulator = CortexXdrSimulator.start(tenant)) {
            ConnectionTest result = TestSettings.connector()
                    .testConnection(TestSettings.settings(simulator.baseUrl(), key, level, TestSettings.network()));
            assertThat(result.checks())
                    .allSatisfy(
                            check -> assertThat(check.message() + check.fix()).doesNotContain(key));
            return result.checks();
        }
    }

    @Test
    void itIsFoundAsAServiceAndSaysWhatItIs() {
        Connector found = ServiceLoader.load(Connector.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(connector -> connector.descriptor().id().equals("cortex-xdr"))
                .findFirst()
                .orElseThrow();
        assertThat(found.descriptor().vendor()).isEqualTo("Palo Alto Networks");
        assertThat(found.descriptor().authFields())
                .extracting(AuthField::key)
                .containsExactly("baseURL", "apiKey", "x-xdr-auth-id", "securityLevel");
    }

    @Test
    void theSourceModelKnowsEverySourceOfTheDefaultMap() {
        Connector connector = new CortexXdrConnector();
        DataModel model = connector.sourceModel();
        List<String> sources = connector
                .defaultTransformMaps()
                .getFirst()
                .lines()
                .filter(line -> line.startsWith("  - source: "))
                .map(line -> line.substring("  - source: ".length()))
                .toList();
        assertThat(sources).hasSize(22);
        assertThat(sources).allSatisfy(source -> {
            String[] path = source.replace("[]", "").split("\\.", -1);
            var field = model.field(path[0]).orElseThrow();
            assertThat(path.length == 1 || field.field(path[1]).isPresent()).isTrue();
        });
        assertThat(model.field("first_seen").orElseThrow().type()).isEqualTo(FieldType.INSTANT);
    }

    @Test
    void aGoodKeyPassesEveryCheck() throws InterruptedException {
        assertThat(test(TENANT, SimulatorSettings.DEFAULT_KEY, "Standard"))
                .isNotEmpty()
                .allSatisfy(check -> assertThat(check.outcome()).isEqualTo(ConnectionTest.Outcome.PASSED));
        assertThat(test(TENANT.withKeys(List.of(ADVANCED)), "advanced-key", "Advanced"))
                .allSatisfy(check -> assertThat(check.outcome()).isEqualTo(ConnectionTest.Outcome.PASSED));
    }

    @Test
    void aKeyOfTheOtherSecurityLevelIsNamedAsSuch() throws InterruptedException {
        assertThat(test(TENANT.withKeys(List.of(ADVANCED)), "advanced-key", "Standard"))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.kind()).contains(FailureKind.AUTHENTICATION);
                    assertThat(check.message()).contains("its security level is Advanced and not Standard");
                });
    }

    @Test
    void aWrongKeyIsNamedAsSuch() throws InterruptedException {
        assertThat(test(TENANT, "some-other-key", "Standard")).singleElement().satisfies(check -> {
            assertThat(check.kind()).contains(FailureKind.AUTHENTICATION);
            assertThat(check.message()).contains("at either security level");
        });
    }

    @Test
    void aRoleThatIsTooSmallIsNamedOnBothSides() throws InterruptedException {
        ApiKey weak = ApiKey.standard("1", "weak-key").withoutRole();
        assertThat(test(TENANT.withKeys(List.of(weak)), "weak-key", "Standard"))
                .hasSize(2)
                .allSatisfy(check -> assertThat(check.kind()).contains(FailureKind.PERMISSION));
    }

    @Test
    void aMissingLicenceIsToldWithoutFailingTheHosts() throws InterruptedException {
        List<Check> checks =
                test(TENANT.withHostInsights(HostInsights.NOT_LICENSED), SimulatorSettings.DEFAULT_KEY, "Standard");
        assertThat(checks.getFirst().outcome()).isEqualTo(ConnectionTest.Outcome.PASSED);
        assertThat(checks).anySatisfy(check -> assertThat(check.kind()).contains(FailureKind.LICENCE));
    }

    @Test
    void aClockThatIsOffIsNamedForAnAdvancedKey() throws InterruptedException {
        SimulatorSettings ahead = TENANT.withKeys(List.of(ADVANCED));
        try (CortexXdrSimulator simulator = CortexXdrSimulator.start(ahead)) {
            CortexXdrConnector slow = new CortexXdrConnector(
                    new org.etmconnect.cortexxdr.client.Time() {
                        @Override
                        public Instant now() {
                            return Instant.now().minus(Duration.ofHours(1));
                        }

                        @Override
                        public long nanos() {
                            return System.nanoTime();
                        }

                        @Override
                        public void sleep(Duration duration) {}
                    },
                    org.etmconnect.cortexxdr.fetch.FetchTuning.standard(),
                    TestSettings.QUICK);
            List<Check> checks = slow.testConnection(TestSettings.settings(
                            simulator.baseUrl(), "advanced-key", "Advanced", TestSettings.network()))
                    .checks();
            assertThat(checks.getFirst().kind()).contains(FailureKind.AUTHENTICATION);
            assertThat(checks.getFirst().message()).contains("behind the tenant's");
        }
    }
}

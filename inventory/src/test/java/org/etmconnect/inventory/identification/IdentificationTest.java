// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentificationTest {

    private final Identification identification = new Identification(IdentificationRule.defaults());

    @Test
    void aSharedMacAddressDecidesBeforeTheHostName() {
        Decision decision = identification.decide(
                host("laptop-7", "corp.example", "3c:22:fb:00:00:07"),
                List.of(
                        asset(1, "laptop-7", "corp.example", "3c:22:fb:00:00:99"),
                        asset(2, "renamed", "corp.example", "3c:22:fb:00:00:07")));

        assertThat(decision).isInstanceOfSatisfying(Decision.Existing.class, existing -> {
            assertThat(existing.assetId()).isEqualTo(2);
            assertThat(existing.rule()).isEqualTo("MAC address");
            assertThat(existing.matched()).containsEntry(IdentityAttribute.MAC_ADDRESS, Set.of("3c:22:fb:00:00:07"));
        });
    }

    @Test
    void aRuleOfTwoAttributesNeedsBoth() {
        Decision decision = identification.decide(
                host("web1", "a.example", "3c:22:fb:00:00:01"),
                List.of(asset(1, "web1", "b.example", "3c:22:fb:00:00:02")));

        assertThat(decision)
                .isInstanceOfSatisfying(
                        Decision.Existing.class,
                        existing -> assertThat(existing.rule()).isEqualTo("Host name"));
    }

    @Test
    void whereSeveralMatchTheNextRuleIsTriedAndIfNoneDecidesANewAssetIsMade() {
        Decision decision = identification.decide(
                host("web1", "a.example", "3c:22:fb:00:00:01"),
                List.of(
                        asset(1, "web1", "a.example", "3c:22:fb:00:00:02"),
                        asset(2, "web1", "a.example", "3c:22:fb:00:00:03")));

        assertThat(decision).isInstanceOf(Decision.NewAsset.class);
        assertThat(decision.tried())
                .extracting(Decision.Tried::rule, Decision.Tried::candidates)
                .containsExactly(tuple("FQDN", List.of(1, 2)), tuple("Host name", List.of(1, 2)));
    }

    @Test
    void twoHostsOfOneNameInOneSnapshotAreTwoHosts() {
        Candidate twin = new Candidate(
                1,
                IdentityAttributes.of(
                        List.of(),
                        List.of("3c:22:fb:00:00:02"),
                        List.of("web1"),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                true);

        Decision decision = identification.decide(host("web1", "", "3c:22:fb:00:00:01"), List.of(twin));

        assertThat(decision).isInstanceOf(Decision.NewAsset.class);
        assertThat(decision.tried().getFirst().why()).isEqualTo("the same snapshot lists it as another host");
    }

    @Test
    void aReinstalledAgentIsRecognisedByItsMacAddressThoughItsOldRecordIsStillListed() {
        Candidate before = new Candidate(
                1,
                IdentityAttributes.of(
                        List.of(),
                        List.of("3c:22:fb:00:00:02"),
                        List.of("web1"),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()),
                true);

        Decision decision = identification.decide(host("web1", "", "3C-22-FB-00-00-02"), List.of(before));

        assertThat(decision).isInstanceOf(Decision.Existing.class);
    }

    @Test
    void theAddressDecidesNothingByDefault() {
        IdentityAttributes record = IdentityAttributes.of(
                List.of(), List.of(), List.of(), List.of(), List.of("10.1.2.3"), List.of(), List.of());

        assertThat(identification.decide(record, List.of(new Candidate(1, record, false))))
                .isInstanceOf(Decision.NewAsset.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00:50:56:aa:bb:cc", "00:0c:29:aa:bb:cc", "00:15:5d:01:02:03", "02:42:ac:11:00:02", "8a:01:02:03:04:05",
                "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "n/a", ""
            })
    void virtualAndLocallyAdministeredMacAddressesIdentifyNobody(String mac) {
        assertThat(IdentifyingValues.macAddresses(List.of(mac))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST.localdomain",
                "unknown",
                "ip-10-0-0-4",
                "ip-3.3.3.3",
                "10.0.0.4",
                "10-0-0-4",
                " "
            })
    void placeholderAndAddressNamesIdentifyNobody(String name) {
        assertThat(IdentifyingValues.hostNames(List.of(name))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "169.254.10.1", "172.17.0.2", "0.0.0.0", "239.1.1.1", "::1", "fe80::1", "ff02::1"})
    void reservedAndLinkLocalAddressesIdentifyNobody(String address) {
        assertThat(IdentifyingValues.addresses(List.of(address))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "192.168.7.9", "20.11.183.179", "2a02:8071:1::7"})
    void ordinaryAddressesAreKept(String address) {
        assertThat(IdentifyingValues.addresses(List.of(address))).containsExactly(address);
    }

    private static IdentityAttributes host(String name, String domain, String mac) {
        return IdentityAttributes.of(
                List.of(), List.of(mac), List.of(name), List.of(domain), List.of(), List.of(), List.of());
    }

    private static Candidate asset(int id, String name, String domain, String mac) {
        return new Candidate(id, host(name, domain, mac), false);
    }
}

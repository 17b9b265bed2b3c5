// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.DnsResolver;
import org.etmconnect.connector.Targets;
import org.junit.jupiter.api.Test;

class GuardedNamesTest {

    @Test
    void aNameThatChangesAfterItWasCheckedIsRefusedWhereItIsUsed() throws Exception {
        List<String> leadsTo = new CopyOnWriteArrayList<>(List.of("9.9.9.9", "169.254.169.254"));
        GuardedNames names = new GuardedNames(Targets.internet(), new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) {
                return new InetAddress[] {InetAddress.ofLiteral(leadsTo.removeFirst())};
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        });

        assertThat(names.resolve("rebinding.example")).hasSize(1);
        assertThatThrownBy(() -> names.resolve("rebinding.example")).hasMessageContaining("169.254.169.254");
    }
}

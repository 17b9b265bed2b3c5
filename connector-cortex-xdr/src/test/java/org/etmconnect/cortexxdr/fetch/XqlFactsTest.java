// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class XqlFactsTest {

    @Test
    void aResultIsWholeIfAllCountedRowsCameBelowTheLimit() {
        assertThat(facts("SUCCESS", 500).missing("va_cves", 500)).isEmpty();
    }

    @Test
    void aResultWithFewerRowsThanTheTenantCountsIsNotWhole() {
        assertThat(facts("SUCCESS", 500).missing("va_cves", 499))
                .singleElement()
                .asString()
                .contains("counts 500 rows of va_cves, 499 were received");
    }

    @Test
    void aResultThatFillsTheLimitIsNotWhole() {
        assertThat(facts("SUCCESS", 1_000_000).missing("va_cves", 1_000_000))
                .singleElement()
                .asString()
                .contains("all that one query can bring");
    }

    @Test
    void aResultOfAPartOfTheTenantsIsNotWhole() {
        assertThat(facts("PARTIAL_SUCCESS", 500).missing("va_cves", 500))
                .singleElement()
                .asString()
                .contains("only in part");
    }

    private static XqlFacts facts(String status, long counted) {
        return new XqlFacts(XqlFacts.Form.STREAM, status, OptionalLong.of(counted), 1_000_000);
    }
}

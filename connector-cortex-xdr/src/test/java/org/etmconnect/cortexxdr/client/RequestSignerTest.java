// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.etmconnect.connector.Secret;
import org.junit.jupiter.api.Test;

class RequestSignerTest {

    private static RequestSigner signer(SecurityLevel level) {
        return new RequestSigner(new Credentials(Secret.of("KEY"), "7", level));
    }

    @Test
    void aStandardKeyIsSentAsItIs() {
        assertThat(signer(SecurityLevel.STANDARD).headers(Instant.EPOCH))
                .isEqualTo(Map.of("Authorization", "KEY", "x-xdr-auth-id", "7"));
    }

    @Test
    void anAdvancedKeyIsHashedAsTheKnownAnswerSays() {
        assertThat(signer(SecurityLevel.ADVANCED).headers("N", "1"))
                .isEqualTo(Map.of(
                        "Authorization",
                        "a0a72bd1f9484624edded71fee3d5ab653f58d4add1e888366c2249a151abb94",
                        "x-xdr-auth-id",
                        "7",
                        "x-xdr-nonce",
                        "N",
                        "x-xdr-timestamp",
                        "1"));
    }

    @Test
    void everyRequestGetsANonceOfItsOwn() {
        RequestSigner signer = signer(SecurityLevel.ADVANCED);
        Map<String, String> first = signer.headers(Instant.ofEpochMilli(1_767_225_600_123L));
        Map<String, String> second = signer.headers(Instant.ofEpochMilli(1_767_225_600_123L));
        assertThat(first.get("x-xdr-nonce")).matches("[A-Za-z0-9]{64}").isNotEqualTo(second.get("x-xdr-nonce"));
        assertThat(first).containsEntry("x-xdr-timestamp", "1767225600123").doesNotContainValue("KEY");
    }

    @Test
    void theKeyIsNotInTheTextForm() {
        assertThat(new Credentials(Secret.of("KEY"), "7", SecurityLevel.STANDARD).toString())
                .doesNotContain("KEY");
    }
}

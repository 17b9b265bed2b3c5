// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.etmconnect.connector.Secret;
import org.junit.jupiter.api.Test;

/** The examples of S3's documentation, "Signature Calculations for the Authorization Header". */
class S3SignatureTest {

    private static final Instant TIME = Instant.parse("2013-05-24T00:00:00Z");
    private final S3Signature signature =
            new S3Signature("AKIAIOSFODNN7EXAMPLE", Secret.of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1");

    @Test
    void anObjectIsPutAsInTheDocumentation() {
        byte[] body = "Welcome to Amazon S3.".getBytes(StandardCharsets.UTF_8);
        assertThat(signature
                        .headers(
                                "PUT",
                                URI.create("https://examplebucket.s3.amazonaws.com/"
                                        + S3Signature.encoded("test$file.text")),
                                Map.of(
                                        "Date",
                                        "Fri, 24 May 2013 00:00:00 GMT",
                                        "x-amz-storage-class",
                                        "REDUCED_REDUNDANCY"),
                                S3Signature.hash(body),
                                TIME)
                        .get("Authorization"))
                .endsWith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    @Test
    void aQueryIsSignedAsInTheDocumentation() {
        assertThat(signature
                        .headers(
                                "GET",
                                URI.create("https://examplebucket.s3.amazonaws.com/?lifecycle="),
                                Map.of(),
                                S3Signature.hash(new byte[0]),
                                TIME)
                        .get("Authorization"))
                .endsWith("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketStoreTest {

    @TempDir
    private Path directory;

    @Test
    void aLargeObjectGoesInParts() throws IOException {
        try (BucketUnderTest bucket = new BucketUnderTest();
                BucketStore store = new BucketStore(
                        new BucketStore.Bucket(
                                "inventory", "", "us-east-1", Optional.of(bucket.url()), "AKIA", Secret.of("s")),
                        NetworkOptions.defaults(),
                        directory,
                        64)) {
            Path draft = store.draft("a.csv");
            String text = "0123456789".repeat(20);
            Files.writeString(draft, text);
            store.publish("a.csv", draft);
            assertThat(bucket.parts).hasSize(4);
            assertThat(bucket.objects.getOrDefault("/inventory/a.csv", new byte[0]))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(text);
        }
    }
}

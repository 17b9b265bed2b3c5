// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON of a tenant: UTF-8 (RFC 8259, 8.1), and no deeper than a tenant's is. That other encodings are not guessed keeps
 * damaged bytes from looking like one of them, which Jackson reports as if the connection had broken.
 */
public final class TenantJson {

    private static final int MOST_NESTING = 100;

    private TenantJson() {}

    /** For replies and lines that are read in a stream. A text is at longest the list of a row's hosts: 32 Mi characters. */
    public static JsonMapper streamed() {
        return mapper(StreamReadConstraints.builder().maxStringLength(32 << 20));
    }

    /** For replies held in memory. A page of 100 endpoints has some 20,000 tokens; each may take 100 bytes. */
    static JsonMapper whole() {
        return mapper(StreamReadConstraints.builder().maxTokenCount(1_000_000));
    }

    private static JsonMapper mapper(StreamReadConstraints.Builder bounds) {
        return JsonMapper.builder(JsonFactory.builder()
                        .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
                        .streamReadConstraints(
                                bounds.maxNestingDepth(MOST_NESTING).build())
                        .build())
                .build();
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.io.IOException;
import java.io.InputStream;
import tools.jackson.databind.JsonNode;

/** Reads the body of an answer of status 200. Called anew for each try, so it begins from nothing. */
@FunctionalInterface
public interface BodyReader<T> {

    /**
     * Reads to the end.
     *
     * @param body the bytes after gzip was undone
     * @throws IOException if the answer breaks off
     * @throws NotAnAnswer if what came is no answer to the call
     */
    T read(InputStream body) throws IOException, NotAnAnswer;

    /** The body of a 200 is an error in disguise or something unreadable. */
    final class NotAnAnswer extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient Content content;

        private NotAnAnswer(Content content) {
            super("The body is no answer to the call", null, false, false);
            this.content = content;
        }

        /** It is the vendor's error envelope. */
        public static NotAnAnswer errorEnvelope(JsonNode envelope) {
            return new NotAnAnswer(new Content.Envelope(envelope));
        }

        /** It cannot be read. {@code why} is a sentence. */
        public static NotAnAnswer unreadable(String why) {
            return new NotAnAnswer(new Content.Unreadable(why));
        }

        /** It is an answer, and says that the call failed. */
        public static NotAnAnswer fault(Fault fault) {
            return new NotAnAnswer(new Content.Known(fault));
        }

        Content content() {
            return content;
        }
    }

    /** What came instead of an answer. */
    sealed interface Content {
        record Envelope(JsonNode json) implements Content {}

        record Unreadable(String why) implements Content {}

        record Known(Fault fault) implements Content {}
    }
}

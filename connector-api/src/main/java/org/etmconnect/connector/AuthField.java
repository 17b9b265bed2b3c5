// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;

/**
 * One field of a connector's connection settings.
 *
 * @param name what people see, e.g. {@code Base URL}
 * @param key the key it is stored and sent under, e.g. {@code baseURL}
 * @param type how it is entered and kept
 * @param required whether a connection can do without it
 * @param description one sentence for the form
 * @param choices the values an {@link Type#ENUM} takes, the default first; empty for other types
 */
public record AuthField(
        String name, String key, Type type, boolean required, String description, List<String> choices) {

    /** How a field is entered and kept. */
    public enum Type {
        /** Plain text, shown and exported. */
        STRING("String"),
        /** A credential: encrypted at rest, never shown again. */
        ENCRYPTED_STRING("Encrypted String"),
        /** One of a few values. */
        ENUM("Enum");

        private final String title;

        Type(String title) {
            this.title = title;
        }

        /** The name people see. */
        public String title() {
            return title;
        }
    }

    public AuthField {
        choices = List.copyOf(choices);
    }
}

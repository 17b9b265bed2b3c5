// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;

/** What a connector says of settings before anything is sent. */
public sealed interface SettingsCheck {

    /**
     * The settings can be used.
     *
     * @param settings the settings in the form that is stored, e.g. with a normalised base URL
     * @param notices what was changed and why, a sentence each; empty if nothing was
     */
    record Accepted(ConnectionSettings settings, List<String> notices) implements SettingsCheck {
        public Accepted {
            notices = List.copyOf(notices);
        }
    }

    /**
     * The settings cannot be used.
     *
     * @param problems what is wrong, at least one
     */
    record Rejected(List<Problem> problems) implements SettingsCheck {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param field the key of the field, e.g. {@code baseURL}
     * @param message what is wrong and what to do, a sentence or two
     */
    record Problem(String field, String message) {}
}

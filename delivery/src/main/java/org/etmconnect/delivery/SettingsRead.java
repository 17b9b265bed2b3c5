// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.delivery;

import java.util.List;
import java.util.function.Supplier;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.ConnectionTest.Check;
import org.etmconnect.connector.FailureKind;
import org.etmconnect.connector.SettingsCheck.Problem;

/**
 * The settings of a destination as its kind reads them, or what is wrong with them.
 *
 * @param <S> the settings
 */
public sealed interface SettingsRead<S> {

    /** They can be used. */
    record Usable<S>(S settings) implements SettingsRead<S> {}

    /** They cannot. */
    record Unusable<S>(List<Problem> problems) implements SettingsRead<S> {
        public Unusable {
            problems = List.copyOf(problems);
        }

        /** As the outcome of "Test destination": one check for each problem. */
        public ConnectionTest test() {
            return new ConnectionTest(problems.stream()
                    .map(problem -> Check.failed("Settings", FailureKind.CONFIGURATION, problem.message()))
                    .toList());
        }
    }

    /**
     * Usable settings, if nothing is wrong.
     *
     * @param settings asked only then
     */
    static <S> SettingsRead<S> of(List<Problem> problems, Supplier<S> settings) {
        return problems.isEmpty() ? new Usable<>(settings.get()) : new Unusable<>(problems);
    }

    /** What is wrong; empty if nothing is. */
    default List<Problem> problems() {
        return switch (this) {
            case Usable<S> usable -> List.of();
            case Unusable<S>(List<Problem> found) -> found;
        };
    }

    /**
     * The settings.
     *
     * @throws DeliveryFailure if they cannot be used
     */
    default S orFail() {
        return switch (this) {
            case Usable<S>(S settings) -> settings;
            case Unusable<S>(List<Problem> found) ->
                throw new DeliveryFailure(
                        FailureKind.CONFIGURATION,
                        String.join(" ", found.stream().map(Problem::message).toList()));
        };
    }
}

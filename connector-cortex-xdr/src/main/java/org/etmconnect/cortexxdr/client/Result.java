// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr.client;

import java.util.function.Function;

/** How a call ended. */
public sealed interface Result<T> {

    /** It brought {@code value}. */
    record Ok<T>(T value) implements Result<T> {}

    /** It failed, and trying again did not help. */
    record Failed<T>(Fault fault) implements Result<T> {}

    /** Goes on with the value, if there is one. */
    default <U> Result<U> map(Function<T, U> next) {
        return switch (this) {
            case Ok<T>(T value) -> new Ok<>(next.apply(value));
            case Failed<T>(Fault fault) -> new Failed<>(fault);
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.simulator.xql;

import java.util.function.Consumer;

/** An array of texts, which may be long and is made while it is read. Each pass gives the same texts. */
@FunctionalInterface
public interface Texts {

    /** Calls {@code consumer} with each text in turn. */
    void forEach(Consumer<String> consumer);
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.sync;

import java.util.OptionalLong;

/**
 * How far a run has got.
 *
 * @param stage what it is doing, e.g. {@code Fetching endpoints}
 * @param done how many of {@code unit} are done
 * @param total of how many, if that is known
 * @param unit what is counted, e.g. {@code hosts}
 */
public record RunProgress(String stage, long done, OptionalLong total, String unit) {}

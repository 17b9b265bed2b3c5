// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

/**
 * A row that cannot be used.
 *
 * @param stream e.g. {@code endpoints}
 * @param page key of its page
 * @param row its number within the page, from 1
 * @param reason what is wrong with it, a sentence
 * @param text the row as the vendor sent it, cut at 8,192 characters
 */
public record RejectedRow(String stream, String page, long row, String reason, String text) {}

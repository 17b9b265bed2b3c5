// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.inventory.identification;

/**
 * An asset that a record may belong to.
 *
 * @param assetId its id
 * @param attributes its values
 * @param listedBesideRecord whether the record's own connection lists another record of this asset in the same snapshot:
 *     then the vendor itself holds them for two hosts, and only a strong rule may join them
 */
public record Candidate(int assetId, IdentityAttributes attributes, boolean listedBesideRecord) {}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.connector;

import java.util.List;
import java.util.Set;

/**
 * What people are told about a connector before they use it.
 *
 * @param id stable key, lower case with hyphens, e.g. {@code cortex-xdr}
 * @param vendor e.g. {@code Palo Alto Networks}
 * @param product e.g. {@code Cortex XDR}; findings carry it as their vendor product name, assets as a source
 * @param category e.g. {@code Endpoint Security}
 * @param assetTypes the kinds of assets it brings, in words
 * @param findingTypes what a connection may take
 * @param version supported version and type, in words
 * @param integrationMethod in words, e.g. {@code API Integration (REST)}
 * @param direction in words
 * @param incrementalSync whether unchanged data costs no write, in words
 * @param authFields the connection's settings, in the order of the form
 * @param setupSteps what to do at the vendor's side first, a sentence each
 */
public record ConnectorDescriptor(
        String id,
        String vendor,
        String product,
        String category,
        List<String> assetTypes,
        Set<FindingType> findingTypes,
        String version,
        String integrationMethod,
        String direction,
        String incrementalSync,
        List<AuthField> authFields,
        List<String> setupSteps) {

    public ConnectorDescriptor {
        assetTypes = List.copyOf(assetTypes);
        findingTypes = Set.copyOf(findingTypes);
        authFields = List.copyOf(authFields);
        setupSteps = List.copyOf(setupSteps);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.people;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.etmconnect.connector.Secret;
import org.etmconnect.inventory.people.Role;

/**
 * An OpenID Connect provider whose users may sign in.
 *
 * @param issuer its address, as its discovery document and tokens name it
 * @param clientId who this server is there
 * @param clientSecret what proves it
 * @param label what the sign-in page calls it
 * @param groupsClaim the claim of the ID token that lists a user's groups or roles
 * @param managers groups whose members are Managers
 * @param viewers groups whose members are Viewers
 * @param passwordsFor who alone may sign in with a password beside it; everybody who has one if empty
 */
public record OpenIdProvider(
        URI issuer,
        String clientId,
        Secret clientSecret,
        String label,
        String groupsClaim,
        List<String> managers,
        List<String> viewers,
        Optional<Set<String>> passwordsFor) {

    /** Whether the user {@code name} may sign in with a password. */
    boolean leavesPasswordTo(String name) {
        return passwordsFor.map(names -> names.contains(name)).orElse(true);
    }

    /** Whether the provider says who may do what; else everyone new is a Viewer, until a Manager changes it. */
    boolean givesRoles() {
        return !managers.isEmpty() || !viewers.isEmpty();
    }

    /** What the members of {@code groups} may do; empty if nothing. */
    Optional<Role> role(Collection<String> groups) {
        if (managers.stream().anyMatch(groups::contains)) {
            return Optional.of(Role.MANAGER);
        }
        return viewers.stream().anyMatch(groups::contains) ? Optional.of(Role.VIEWER) : Optional.empty();
    }
}

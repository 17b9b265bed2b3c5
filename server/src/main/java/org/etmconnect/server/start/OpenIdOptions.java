// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.server.start;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.etmconnect.connector.Secret;
import org.etmconnect.inventory.people.Person;
import org.etmconnect.server.people.OpenIdProvider;
import picocli.CommandLine.Option;

/** How a server is told of an OpenID Connect provider. */
final class OpenIdOptions {

    @Option(
            names = "--openid-issuer",
            paramLabel = "URL",
            description =
                    "Let people sign in at this OpenID Connect provider: its issuer, as its discovery document names"
                            + " it. Register there the redirect URI https://THIS-SERVER/login/oauth2/code/openid")
    private Optional<URI> issuer = Optional.empty();

    @Option(names = "--openid-client-id", paramLabel = "ID", description = "Who this server is at the provider")
    private Optional<String> clientId = Optional.empty();

    @Option(
            names = "--openid-label",
            paramLabel = "NAME",
            defaultValue = "single sign-on",
            description = "What the sign-in page calls the provider. Default: ${DEFAULT-VALUE}")
    private String label = "single sign-on";

    @Option(
            names = "--openid-managers",
            paramLabel = "GROUP",
            split = ",",
            description = "Groups whose members are Managers, separated by commas")
    private List<String> managers = new ArrayList<>();

    @Option(
            names = "--openid-viewers",
            paramLabel = "GROUP",
            split = ",",
            description = "Groups whose members are Viewers. With neither these nor those, whoever the provider lets in"
                    + " is a Viewer, until a Manager gives another role")
    private List<String> viewers = new ArrayList<>();

    @Option(
            names = "--openid-groups-claim",
            paramLabel = "CLAIM",
            defaultValue = "groups",
            description = "The claim of the ID token that lists them. Default: ${DEFAULT-VALUE}")
    private String groupsClaim = "groups";

    @Option(
            names = "--openid-passwords-for",
            paramLabel = "USER",
            split = ",",
            description =
                    "Who alone may sign in with a password beside the provider, separated by commas: one Manager for"
                            + " the day on which the provider is down. Without it everybody who has one")
    private List<String> passwordsFor = new ArrayList<>();

    /**
     * The provider, if one is named.
     *
     * @param secret what proves at the provider who this server is
     * @throws IllegalArgumentException if something is missing or wrong; says which option
     */
    Optional<OpenIdProvider> provider(Optional<Secret> secret, boolean plainHttp) {
        if (issuer.isEmpty()) {
            if (clientId.isPresent()
                    || secret.isPresent()
                    || !managers.isEmpty()
                    || !viewers.isEmpty()
                    || !passwordsFor.isEmpty()) {
                throw new IllegalArgumentException("--openid-issuer is missing: the provider's address.");
            }
            return Optional.empty();
        }
        URI address = issuer.get();
        boolean secure = "https".equals(address.getScheme()) || (plainHttp && "http".equals(address.getScheme()));
        if (!secure || address.getHost() == null) {
            throw new IllegalArgumentException(
                    "--openid-issuer must be like https://login.example.com, was " + address + ".");
        }
        return Optional.of(new OpenIdProvider(
                address,
                clientId.orElseThrow(() -> new IllegalArgumentException(
                        "--openid-client-id is missing: who this server is at " + address + ".")),
                secret.orElseThrow(() -> new IllegalArgumentException(
                        "The variable ETM_OPENID_CLIENT_SECRET is missing, or openid-client-secret in etm.yaml: what"
                                + " proves to " + address + " who this server is.")),
                label,
                groupsClaim,
                List.copyOf(managers),
                List.copyOf(viewers),
                passwordsFor.isEmpty() ? Optional.empty() : Optional.of(names())));
    }

    private Set<String> names() {
        return passwordsFor.stream()
                .map(name -> Person.readName(name)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "--openid-passwords-for must name users, separated by commas; no user can be called \""
                                        + name + "\".")))
                .collect(Collectors.toUnmodifiableSet());
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.query.syntax;

import static org.etmconnect.query.syntax.Scope.CUSTOM_ATTRIBUTE;
import static org.etmconnect.query.syntax.Scope.FINDING;
import static org.etmconnect.query.syntax.Scope.HOST;
import static org.etmconnect.query.syntax.Scope.SOURCE;
import static org.etmconnect.query.syntax.TokenType.CHOICE;
import static org.etmconnect.query.syntax.TokenType.DATE;
import static org.etmconnect.query.syntax.TokenType.LEVEL;
import static org.etmconnect.query.syntax.TokenType.MOMENT;
import static org.etmconnect.query.syntax.TokenType.NUMBER;
import static org.etmconnect.query.syntax.TokenType.PERIOD;
import static org.etmconnect.query.syntax.TokenType.TEXT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every token that queries know. Names are those of the Qualys ETM search token pages where they publish one. Names are
 * found in any case. Immutable.
 */
public final class TokenCatalogue {

    /** The severities by name, lowest first: the name at index 0 is severity 1. */
    public static final List<String> SEVERITIES = List.of("Info", "Low", "Medium", "High", "Critical");

    private static final TokenCatalogue STANDARD = new TokenCatalogue(standardTokens());

    private final List<Token> tokens;
    private final Map<String, Token> byName = new HashMap<>();
    private final Map<String, String> groups = new TreeMap<>();

    private TokenCatalogue(List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
        for (Token token : tokens) {
            register(token.name(), token);
            token.aliases().forEach(alias -> register(alias, token));
        }
    }

    private void register(String name, Token token) {
        if (byName.put(lower(name), token) != null) {
            throw new IllegalStateException("Two tokens are named " + name);
        }
        for (int dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
            groups.putIfAbsent(lower(name.substring(0, dot)), name.substring(0, dot));
        }
    }

    /** The tokens this product knows. */
    public static TokenCatalogue standard() {
        return STANDARD;
    }

    /** All tokens, in the order in which they are shown to people. */
    public List<Token> tokens() {
        return tokens;
    }

    /** The token of this name or alias, in any case. */
    public Optional<Token> find(String name) {
        return Optional.ofNullable(byName.get(lower(name)));
    }

    /** The token of this name or alias; for names known to exist. */
    public Token get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("There is no token named " + name));
    }

    /** Whether tokens begin with this name and a dot, so that it can be written before {@code :( … )}. */
    public boolean isGroup(String name) {
        return groups.containsKey(lower(name));
    }

    /** The names that can be written before {@code :( … )}, sorted. */
    public List<String> groups() {
        return List.copyOf(groups.values());
    }

    /** The tokens searched by words without a token. */
    public List<Token> freeText(Subject subject) {
        return switch (subject) {
            case ASSET -> List.of(get("asset.name"), get("operatingSystem.name"));
            case FINDING -> List.of(get("finding.title"), get("finding.cveId"));
        };
    }

    /** The known name nearest to a mistyped one, if one is near enough to be what was meant. */
    Optional<String> nearest(String name) {
        List<String> candidates = new ArrayList<>();
        tokens.forEach(token -> candidates.add(token.name()));
        tokens.forEach(token -> candidates.addAll(token.aliases()));
        candidates.addAll(groups.values());
        return Nearest.of(name, candidates);
    }

    /** The scope that conditions inside {@code group:( … )} share, or empty if the group is only a way of writing. */
    Optional<Scope> sharedScope(String group) {
        return switch (lower(group)) {
            case "finding" -> Optional.of(FINDING);
            case "customattributes" -> Optional.of(CUSTOM_ATTRIBUTE);
            case "asset.inventory", "connector" -> Optional.of(SOURCE);
            default -> Optional.empty();
        };
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static List<Token> standardTokens() {
        List<Token> all = new ArrayList<>();
        all.add(token(
                "asOf",
                MOMENT,
                HOST,
                "Asks for the state when a run had finished, or at the end of a date. Once, outside parentheses.",
                "asOf:42 and asset.name:web"));
        all.add(token(
                "asset.name",
                TEXT,
                HOST,
                "The host's name.",
                "asset.name:web",
                "asset.interface.hostname",
                "asset.hostName",
                "hostname"));
        all.add(token("asset.id", NUMBER, HOST, "The asset's number in this inventory.", "asset.id:42"));
        all.add(choice(
                "asset.status",
                HOST,
                "Whether a source still reports the host.",
                "asset.status:Active",
                List.of("Active", "Retired")));
        all.add(token("asset.domain", TEXT, HOST, "The host's domain.", "asset.domain:`corp.example`", "domain"));
        all.add(token("asset.type", TEXT, HOST, "The kind of host, in the source's words.", "asset.type:server"));
        all.add(token(
                "operatingSystem.name",
                TEXT,
                HOST,
                "The operating system's name.",
                "operatingSystem.name:\"Windows Server\"",
                "asset.operatingSystem.name",
                "asset.os"));
        all.add(token(
                "operatingSystem.version",
                TEXT,
                HOST,
                "The operating system's version.",
                "operatingSystem.version:`10.0.20348`",
                "asset.operatingSystem.version"));
        all.add(token(
                "cloud.provider",
                TEXT,
                HOST,
                "The cloud the host runs in.",
                "cloud.provider:AWS",
                "asset.cloud.provider"));
        all.add(token(
                "asset.firstFoundDate",
                DATE,
                HOST,
                "When a source first knew the host, in the source's words.",
                "asset.firstFoundDate > 2026-01-01"));
        all.add(token(
                "asset.lastFoundDate",
                DATE,
                HOST,
                "When a run of this product last found the host.",
                "asset.lastFoundDate < now-7d"));
        all.add(token(
                "asset.interface.address",
                TEXT,
                HOST,
                "An IP address of the host.",
                "asset.interface:(address:`10.1.2.3`)",
                "asset.address",
                "asset.ipAddress"));
        all.add(token(
                "asset.interface.macAddress",
                TEXT,
                HOST,
                "A MAC address of the host.",
                "asset.interface.macAddress:`00:50:b6:00:00:01`",
                "asset.macAddress"));
        all.add(token(
                "asset.inventory.source",
                TEXT,
                SOURCE,
                "The product that reports the host.",
                "asset.inventory:(source:`Cortex XDR`)"));
        all.add(token(
                "asset.inventory.createdDate",
                DATE,
                SOURCE,
                "When the source's record of the host was first taken in.",
                "asset.inventory.createdDate:[2026-01-01 .. 2026-01-31]"));
        all.add(token(
                "connector.name",
                TEXT,
                SOURCE,
                "The connection that reports the host.",
                "connector.name:\"EU tenant\"",
                "connector.connectionName"));
        all.add(token(
                "asset.externalAssetId",
                TEXT,
                SOURCE,
                "The host's id in the source.",
                "asset.externalAssetId:`f3a1`",
                "asset.inventory.externalAssetId"));
        all.add(token(
                "customAttributes.key",
                TEXT,
                CUSTOM_ATTRIBUTE,
                "The name of a custom attribute.",
                "customAttributes:(key:serverTags and value:prod)"));
        all.add(token(
                "customAttributes.value",
                TEXT,
                CUSTOM_ATTRIBUTE,
                "The value of a custom attribute.",
                "customAttributes.value:prod"));

        all.add(token(
                "finding.id",
                TEXT,
                FINDING,
                "The finding's id in this inventory: the numbers of its source record and of its definition.",
                "finding.id:`17-4`"));
        all.add(token(
                "finding.cveId", TEXT, FINDING, "The CVE's id.", "finding.cveId:`CVE-2026-0001`", "cveId", "cve"));
        all.add(token("finding.title", TEXT, FINDING, "The finding's name.", "finding.title:openssl", "finding.name"));
        all.add(token(
                "finding.description",
                TEXT,
                FINDING,
                "The finding's description.",
                "finding.description:\"remote code\""));
        all.add(new Token(
                "finding.severity",
                List.of("severity"),
                LEVEL,
                FINDING,
                "The severity, from 1 to 5 or by name: Info, Low, Medium, High, Critical.",
                "finding.severity:[High, Critical]",
                SEVERITIES));
        all.add(token(
                "finding.sourceSeverity",
                TEXT,
                FINDING,
                "The severity in the source's own words.",
                "finding.sourceSeverity:`HIGH`"));
        all.add(token(
                "finding.sourceRiskScore",
                NUMBER,
                FINDING,
                "The source's own score.",
                "finding.sourceRiskScore >= 9.8"));
        all.add(choice(
                "finding.status",
                FINDING,
                "NEW since the connection's latest run, ACTIVE before it, FIXED, or REOPENED after it was fixed.",
                "finding.status:[NEW, REOPENED]",
                List.of("NEW", "ACTIVE", "FIXED", "REOPENED")));
        all.add(choice(
                "finding.type",
                FINDING,
                "The kind of finding.",
                "finding.type:Vulnerability",
                List.of("Vulnerability")));
        all.add(token(
                "finding.firstFoundDate",
                DATE,
                FINDING,
                "When this product first found it. Not the CVE's publication date.",
                "finding.firstFoundDate >= now-30d"));
        all.add(token(
                "finding.lastFoundDate",
                DATE,
                FINDING,
                "When this product last found it.",
                "finding.lastFoundDate:2026-03-01"));
        all.add(token(
                "finding.lastFixedDate",
                DATE,
                FINDING,
                "When a run no longer found it.",
                "finding.lastFixedDate > now-7d"));
        all.add(token(
                "finding.reopenedDate",
                DATE,
                FINDING,
                "When a run found it again after it was fixed.",
                "finding.reopenedDate:*"));
        all.add(token(
                "finding.changedBetween",
                PERIOD,
                FINDING,
                "It was opened, fixed or reopened by a run that finished after the first and not after the second.",
                "finding.changedBetween:[41 .. 42]",
                "changedBetween"));
        all.add(token(
                "finding.openedBetween",
                PERIOD,
                FINDING,
                "Such a run first found it.",
                "finding.openedBetween:[2026-03-01 .. 2026-03-31]"));
        all.add(token(
                "finding.fixedBetween",
                PERIOD,
                FINDING,
                "Such a run no longer found it, even if a later one did.",
                "finding.fixedBetween:[now-7d .. now]"));
        all.add(token(
                "finding.reopenedBetween",
                PERIOD,
                FINDING,
                "Such a run found it again after it was fixed.",
                "finding.reopenedBetween:[41 .. 42]"));
        all.add(token(
                "finding.cvePublishedDate",
                DATE,
                FINDING,
                "The CVE's publication date, which the default transform map sends to firstFoundOn.",
                "finding.cvePublishedDate:[2024-01-01 .. 2024-12-31]",
                "finding.firstFoundOn"));
        all.add(token(
                "finding.detectionAge",
                NUMBER,
                FINDING,
                "Full days since this product first found it.",
                "finding.detectionAge > 30"));
        all.add(token(
                "finding.externalFindingId",
                TEXT,
                FINDING,
                "The finding's id in the source.",
                "finding.externalFindingId:`CVE-2026-0001`"));
        all.add(token(
                "finding.vendorProductName",
                TEXT,
                FINDING,
                "The product that reports it.",
                "finding.vendorProductName:`Cortex XDR`"));
        all.add(token(
                "finding.vendorName",
                TEXT,
                FINDING,
                "The vendor of the product that reports it.",
                "finding.vendorName:\"Palo Alto\""));
        all.add(token(
                "finding.connectionName",
                TEXT,
                FINDING,
                "The connection that reports it.",
                "finding.connectionName:\"EU tenant\""));
        return all;
    }

    private static Token token(
            String name, TokenType type, Scope scope, String description, String example, String... aliases) {
        return new Token(name, List.of(aliases), type, scope, description, example, List.of());
    }

    private static Token choice(String name, Scope scope, String description, String example, List<String> values) {
        return new Token(name, List.of(), CHOICE, scope, description, example, values);
    }
}

// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.cortexxdr;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.etmconnect.connector.AuthField;
import org.etmconnect.connector.ConnectionSettings;
import org.etmconnect.connector.ConnectionTest;
import org.etmconnect.connector.Connector;
import org.etmconnect.connector.ConnectorDescriptor;
import org.etmconnect.connector.DataModel;
import org.etmconnect.connector.FetchObserver;
import org.etmconnect.connector.FindingType;
import org.etmconnect.connector.RawSample;
import org.etmconnect.connector.RecordOptions;
import org.etmconnect.connector.RejectedRow;
import org.etmconnect.connector.Secret;
import org.etmconnect.connector.SettingsCheck;
import org.etmconnect.connector.SourceFetch;
import org.etmconnect.connector.SourceRecords;
import org.etmconnect.connector.StoredPages;
import org.etmconnect.cortexxdr.client.Credentials;
import org.etmconnect.cortexxdr.client.RequestBudget;
import org.etmconnect.cortexxdr.client.RetryRules;
import org.etmconnect.cortexxdr.client.SecurityLevel;
import org.etmconnect.cortexxdr.client.TenantClient;
import org.etmconnect.cortexxdr.client.TenantJson;
import org.etmconnect.cortexxdr.client.Time;
import org.etmconnect.cortexxdr.fetch.CortexFetch;
import org.etmconnect.cortexxdr.fetch.FetchTuning;
import org.etmconnect.cortexxdr.records.CortexRecords;
import org.etmconnect.cortexxdr.records.RawRows;
import org.etmconnect.cortexxdr.stored.Streams;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Cortex XDR connector: hosts from the endpoints API, their vulnerabilities from the XQL dataset {@code va_cves}.
 * Keeps one request budget for each tenant, since the tenant's limit is over all calls; otherwise without state.
 */
public final class CortexXdrConnector implements Connector {

    private final JsonMapper json = TenantJson.streamed();
    private final Time time;
    private final FetchTuning tuning;
    private final RetryRules patience;
    private final Map<String, RequestBudget> budgets = new ConcurrentHashMap<>();

    /** For {@link java.util.ServiceLoader}. */
    public CortexXdrConnector() {
        this(Time.system(), FetchTuning.standard(), RetryRules.patient());
    }

    /**
     * One that tries again and asks for results as often as any, after waits so many times as short: for a tenant that is a
     * simulator, whose queries end at once and whose faults do not pass with time.
     *
     * @param times at least 1
     */
    public static CortexXdrConnector hurried(int times) {
        return new CortexXdrConnector(
                Time.system(),
                FetchTuning.standard().hurried(times),
                RetryRules.patient().hurried(times));
    }

    CortexXdrConnector(Time time, FetchTuning tuning, RetryRules patience) {
        this.time = time;
        this.tuning = tuning;
        this.patience = patience;
    }

    @Override
    public String recordStream() {
        return Streams.ENDPOINTS;
    }

    @Override
    public ConnectorDescriptor descriptor() {
        return new ConnectorDescriptor(
                "cortex-xdr",
                "Palo Alto Networks",
                "Cortex XDR",
                "Endpoint Security",
                List.of("Host Assets (Compute)"),
                Set.of(FindingType.VULNERABILITY, FindingType.HOST_ASSET),
                "SaaS (Latest)",
                "API Integration (REST)",
                "Unidirectional (Cortex XDR to Qualys)",
                "Not Supported by the API; what has not changed since the last run costs no write",
                authFields(),
                List.of(
                        "Navigate to Settings > Configurations > Integrations > API Keys.",
                        "Click + New Key.",
                        "Select Standard or Advanced security level.",
                        "Assign the Viewer role.",
                        "Generate and copy the API Key and API Key ID."));
    }

    private static List<AuthField> authFields() {
        return List.of(
                new AuthField(
                        "Base URL",
                        SettingKeys.BASE_URL,
                        AuthField.Type.STRING,
                        true,
                        "Base URL of Cortex XDR API (e.g. https://api-<fqdn>)",
                        List.of()),
                new AuthField(
                        "API Key",
                        SettingKeys.API_KEY,
                        AuthField.Type.ENCRYPTED_STRING,
                        true,
                        "API Token generated in Cortex XDR",
                        List.of()),
                new AuthField(
                        "API Key ID",
                        SettingKeys.API_KEY_ID,
                        AuthField.Type.STRING,
                        true,
                        "API Key ID associated with the API key",
                        List.of()),
                new AuthField(
                        "Security Level",
                        SettingKeys.SECURITY_LEVEL,
                        AuthField.Type.ENUM,
                        false,
                        "Security level chosen when the API key was generated",
                        SecurityLevel.titles()));
    }

    @Override
    public DataModel sourceModel() {
        return SourceModelReader.read(json.readTree(resource("source-model.json")));
    }

    @Override
    public List<String> defaultTransformMaps() {
        return List.of(resource("default-transform-map.yaml"));
    }

    private static String resource(String name) {
        try (InputStream in = CortexXdrConnector.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The connector's jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The connector's resource " + name + " cannot be read", e);
        }
    }

    @Override
    public SettingsCheck checkSettings(ConnectionSettings settings) {
        return SettingsRules.check(settings);
    }

    @Override
    public ConnectionTest testConnection(ConnectionSettings settings) throws InterruptedException {
        FetchObserver nobody = new SilentObserver();
        return new ConnectionTester(
                        level -> client(settings, level, RetryRules.impatient(), nobody),
                        level(settings),
                        settings.takes(FindingType.VULNERABILITY))
                .run();
    }

    @Override
    public SourceFetch openFetch(ConnectionSettings settings, FetchObserver observer) {
        return new CortexFetch(
                client(settings, level(settings), patience, observer),
                settings.takes(FindingType.VULNERABILITY),
                tuning,
                observer,
                time,
                json);
    }

    @Override
    public SourceRecords openRecords(StoredPages pages, RecordOptions options, Consumer<RejectedRow> rejected) {
        return CortexRecords.open(pages, options, rejected, json);
    }

    @Override
    public List<RawSample> sample(StoredPages pages, int most) {
        return RawRows.sample(pages, most, json);
    }

    @Override
    public ObjectNode sourceRecord(ObjectNode pasted) {
        return CortexRecords.cleaned(pasted);
    }

    private static SecurityLevel level(ConnectionSettings settings) {
        return settings.value(SettingKeys.SECURITY_LEVEL)
                .flatMap(SecurityLevel::called)
                .orElse(SecurityLevel.STANDARD);
    }

    private TenantClient client(
            ConnectionSettings settings, SecurityLevel level, RetryRules rules, FetchObserver observer) {
        String baseUrl = required(settings, SettingKeys.BASE_URL);
        double perSecond = settings.network().requestsPerSecond();
        RequestBudget budget = budgets.computeIfAbsent(baseUrl, url -> new RequestBudget(perSecond, time));
        budget.set(perSecond);
        return new TenantClient(
                URI.create(baseUrl),
                new Credentials(
                        settings.secret(SettingKeys.API_KEY).orElseGet(() -> Secret.of("")),
                        required(settings, SettingKeys.API_KEY_ID),
                        level),
                settings.network(),
                budget,
                rules,
                observer,
                time,
                json);
    }

    private static String required(ConnectionSettings settings, String key) {
        return settings.value(key)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The setting " + key + " is missing: only settings that checkSettings accepted can be used"));
    }

    /** Nobody counts the calls of a connection test. */
    private static final class SilentObserver implements FetchObserver {
        @Override
        public void apiCall(String call) {}

        @Override
        public void throttled(String call) {}

        @Override
        public void expectedRows(String stream, long rows) {}

        @Override
        public void warning(String message) {}
    }
}

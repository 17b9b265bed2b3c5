// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultProxyRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.etmconnect.connector.NetworkOptions;
import org.etmconnect.connector.Targets;
import org.jspecify.annotations.Nullable;

/** Sets up the HTTP library as the network options say. What the library would do on its own is switched off. */
public final class Http {

    private Http() {}

    /** Who has to agree before a request goes out. */
    @FunctionalInterface
    public interface Turn {
        /**
         * Waits until the request may go out. The connection is open by then, so that what opening it took is over.
         *
         * @throws InterruptedException if the thread was interrupted; the request is not sent, and the call of the client
         *     fails with an {@link IOException} and the thread's interrupt status set
         */
        void take() throws InterruptedException;
    }

    /** A client with nothing of its own: no redirects, retries, cookies or decompression. The caller closes it. */
    public static CloseableHttpClient client(NetworkOptions network) {
        return client(network, () -> {});
    }

    /** The same, where each request waits for its turn right before it is sent. */
    public static CloseableHttpClient client(NetworkOptions network, Turn turn) {
        HttpClientBuilder builder = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls(network.caCertificatesPem())))
                        .setConnectionFactory(socket -> {
                            QuietConnection connection = new QuietConnection();
                            if (socket != null) {
                                connection.bind(socket);
                            }
                            return connection;
                        })
                        .setDnsResolver(new GuardedNames(network.targets()))
                        .setMaxConnTotal(network.parallelRequests())
                        .setMaxConnPerRoute(network.parallelRequests())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(Timeout.of(network.connectTimeout()))
                                .setSocketTimeout(Timeout.of(network.responseTimeout()))
                                .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(Timeout.of(network.responseTimeout()))
                        .build())
                .setUserAgent("ETM-Connect")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .addExecInterceptorBefore(ChainElement.MAIN_TRANSPORT.name(), "turn", (request, scope, chain) -> {
                    try {
                        turn.take();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new InterruptedIOException("Interrupted while waiting for the turn of a request");
                    }
                    return chain.proceed(request, scope);
                });
        network.proxy().ifPresent(proxy -> {
            HttpHost host = new HttpHost("http", proxy.host(), proxy.port());
            builder.setRoutePlanner(new GuardedProxy(host, network.targets()));
            proxy.user().ifPresent(user -> {
                BasicCredentialsProvider known = new BasicCredentialsProvider();
                char[] password = proxy.password()
                        .map(secret -> secret.reveal().toCharArray())
                        .orElseGet(() -> new char[0]);
                known.setCredentials(new AuthScope(host), new UsernamePasswordCredentials(user, password));
                builder.setDefaultCredentialsProvider(known);
            });
        });
        return builder.build();
    }

    /** The proxy looks up the target's name, so what this machine knows of it is checked before the proxy is asked. */
    private static final class GuardedProxy extends DefaultProxyRoutePlanner {

        private final Targets targets;

        GuardedProxy(HttpHost proxy, Targets targets) {
            super(proxy);
            this.targets = targets;
        }

        @Override
        protected HttpHost determineProxy(HttpHost target, HttpContext context) throws HttpException {
            Optional<String> refusal = GuardedNames.refusal(targets, target.getHostName());
            if (refusal.isPresent()) {
                throw new HttpException(refusal.get(), new GuardedNames.ForbiddenTarget(refusal.get()));
            }
            return super.determineProxy(target, context);
        }
    }

    /**
     * The certificates in {@code pem}.
     *
     * @throws CertificateException if there is none, or one does not read
     */
    public static Collection<? extends Certificate> certificates(String pem) throws CertificateException {
        Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
        if (found.isEmpty()) {
            throw new CertificateException("The text holds no certificate.");
        }
        return found;
    }

    private static SSLContext tls(Optional<String> extraPem) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust(trustStore(extraPem)).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(
                    "The CA certificates of the network options cannot be used: " + e.getMessage(), e);
        }
    }

    private static @Nullable KeyStore trustStore(Optional<String> extraPem)
            throws GeneralSecurityException, IOException {
        if (extraPem.isEmpty()) {
            return null;
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int count = 0;
        for (TrustManager manager : trust(null).getTrustManagers()) {
            if (manager instanceof X509TrustManager known) {
                for (X509Certificate certificate : known.getAcceptedIssuers()) {
                    store.setCertificateEntry("default-" + count++, certificate);
                }
            }
        }
        for (Certificate certificate : certificates(extraPem.get())) {
            store.setCertificateEntry("extra-" + count++, certificate);
        }
        return store;
    }

    private static TrustManagerFactory trust(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}

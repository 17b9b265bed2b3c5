// SPDX-License-Identifier: Apache-2.0
package org.etmconnect.http;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that logs neither headers nor bytes. The library's own writes them to its debug loggers, the API key
 * among them, as soon as somebody turns debug logging on.
 */
final class QuietConnection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {

    private volatile @Nullable Socket socket;
    private volatile @Nullable Timeout activeTimeout;

    QuietConnection() {
        super(Http1Config.DEFAULT);
    }

    @Override
    public void bind(Socket newSocket) throws IOException {
        super.bind(newSocket);
        socket = newSocket;
        activeTimeout = Timeout.ofMilliseconds(newSocket.getSoTimeout());
    }

    @Override
    public void bind(SSLSocket sslSocket, Socket baseSocket) throws IOException {
        super.bind(sslSocket, baseSocket);
        socket = sslSocket;
        activeTimeout = Timeout.ofMilliseconds(sslSocket.getSoTimeout());
    }

    @Override
    public @Nullable Socket getSocket() {
        return socket;
    }

    @Override
    public @Nullable SSLSession getSSLSession() {
        return super.getSSLSession();
    }

    @Override
    public void setSocketTimeout(Timeout timeout) {
        super.setSocketTimeout(timeout);
        activeTimeout = timeout;
    }

    @Override
    public void passivate() {
        super.setSocketTimeout(Timeout.ZERO_MILLISECONDS);
    }

    @Override
    public void activate() {
        Timeout timeout = activeTimeout;
        if (timeout != null) {
            super.setSocketTimeout(timeout);
        }
    }
}

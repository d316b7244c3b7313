package dev.lockstep.server.certificate;

import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * The server's end of mutual TLS, without resumption: a resumed session neither verifies the client's certificate again nor
 * asks for its key, so that a ticket would outlive both. Safe for any thread.
 */
public final class MutualTlsServer {

    private final KeyManager[] keys;
    private final ClientTrust trust;

    /**
     * The end with these keys.
     *
     * @param trust verifies clients
     */
    public MutualTlsServer(KeyManager[] keys, ClientTrust trust) {
        this.keys = keys.clone();
        this.trust = trust;
    }

    /**
     * Returns an engine for one connection. It speaks TLS 1.3 alone, which has no renegotiation: with it a client could have
     * the server compute handshakes without end.
     *
     * @throws GeneralSecurityException when the provider cannot serve with these keys
     */
    public SSLEngine engine() throws GeneralSecurityException {
        // A context of its own has neither the sessions of other connections nor the keys of their tickets, which no
        // setting of the JDK stops.
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {trust}, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** Returns which clients may connect. */
    public ClientTrust trust() {
        return trust;
    }
}

package dev.lockstep.server.certificate;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The server's end of mutual TLS, without resumption: a resumed session neither verifies the client's certificate again nor
 * asks for its key, so that a ticket would outlive both. Safe for any thread.
 */
public final class MutualTlsServer {

    private final KeyManager[] keys;
    private final X509TrustManager trust;

    /**
     * The end with these keys.
     *
     * @param trust verifies clients
     */
    public MutualTlsServer(KeyManager[] keys, X509TrustManager trust) {
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

    /** Whether a client with this chain could connect now. */
    public boolean trusts(List<X509Certificate> chain) {
        try {
            X509Certificate[] certificates = chain.toArray(X509Certificate[]::new);
            trust.checkClientTrusted(
                    certificates, certificates[0].getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }
}

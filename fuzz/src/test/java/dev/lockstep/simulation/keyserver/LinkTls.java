package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.TlsTransport;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/** Mutual TLS 1.3 between servers and their key server, with RSA keys: their signatures all have one length. */
final class LinkTls {

    private static final SSLContext CLIENT = context(TestIdentity.RSA_2048);
    private static final SSLContext SERVER = context(TestIdentity.RSA_2048_OTHER);

    private LinkTls() {}

    static ByteTransport client(SocketChannel channel) throws IOException {
        return over(channel, CLIENT, true);
    }

    static ByteTransport server(SocketChannel channel) throws IOException {
        return over(channel, SERVER, false);
    }

    /** The engine is told no host, so that no session is resumed: the key server's own do not either. */
    private static ByteTransport over(SocketChannel channel, SSLContext context, boolean client) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setNeedClientAuth(!client);
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        return new TlsTransport(channel, engine);
    }

    private static SSLContext context(TestIdentity own) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            PrivateKey key = own.privateKey();
            keys.setKeyEntry("own", key, new char[0], new X509Certificate[] {own.certificate()});
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, new char[0]);
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            authorities.setCertificateEntry("ca", TestIdentity.CA.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}

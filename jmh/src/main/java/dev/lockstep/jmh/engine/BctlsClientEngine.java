package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** The client where there is no native one. */
final class BctlsClientEngine implements Engine {
    private final BcTlsCrypto crypto = new BcTlsCrypto(new SecureRandom());
    private final Scenario scenario;

    BctlsClientEngine(Scenario scenario) {
        this.scenario = scenario;
    }

    @Override
    public ServerSession accept() {
        TlsClientProtocol protocol = new TlsClientProtocol();
        try {
            protocol.connect(new Peer());
            return new BctlsSession(protocol);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Peer extends DefaultTlsClient {

        Peer() {
            super(crypto);
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv12.only();
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return new int[] {scenario.suiteCode()};
        }

        // The type is bctls' own.
        @Override
        @SuppressWarnings("JdkObsolete")
        protected Vector<Integer> getSupportedGroups(@SuppressWarnings("rawtypes") Vector roles) {
            return new Vector<>(scenario.groups());
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {
                    // Both ends are in this process.
                }

                @Override
                public TlsCredentials getClientCredentials(CertificateRequest request) {
                    throw new IllegalStateException("no client certificate was asked for");
                }
            };
        }
    }
}

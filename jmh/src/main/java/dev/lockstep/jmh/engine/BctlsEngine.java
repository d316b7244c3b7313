package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** BouncyCastle's low-level server on its own primitives. */
final class BctlsEngine implements Engine {
    private final BcTlsCrypto crypto = new BcTlsCrypto(new SecureRandom());
    private final Scenario scenario;
    private final Certificate chain;
    private final AsymmetricKeyParameter key;

    BctlsEngine(Scenario scenario, ServerIdentity identity) throws GeneralSecurityException {
        this.scenario = scenario;
        try {
            chain = new Certificate(new TlsCertificate[] {
                crypto.createCertificate(identity.certificate().getEncoded())
            });
            key = PrivateKeyFactory.createKey(identity.key().getEncoded());
        } catch (IOException e) {
            throw new GeneralSecurityException("bctls refuses the identity", e);
        }
    }

    @Override
    public ServerSession accept() {
        TlsServerProtocol protocol = new TlsServerProtocol();
        try {
            protocol.accept(new Server());
            return new BctlsSession(protocol);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Server extends DefaultTlsServer {

        Server() {
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

        @Override
        public int[] getSupportedGroups() {
            return scenario.groups().stream().mapToInt(Integer::intValue).toArray();
        }

        @Override
        protected TlsCredentialedSigner getECDSASignerCredentials() {
            return signer(SignatureAlgorithm.ecdsa);
        }

        @Override
        protected TlsCredentialedSigner getRSASignerCredentials() {
            return signer(SignatureAlgorithm.rsa);
        }

        private TlsCredentialedSigner signer(short algorithm) {
            return new BcDefaultTlsCredentialedSigner(
                    new TlsCryptoParameters(context),
                    crypto,
                    key,
                    chain,
                    SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, algorithm));
        }
    }
}

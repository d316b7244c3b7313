package dev.lockstep.jmh.growth;

import dev.lockstep.jmh.engine.LockstepEngine;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.spec.CipherSuite;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/** A server's configuration with many of something. */
final class Many {
    private Many() {}

    static TlsServerConfigBuilder of(Growing growing, int count) throws GeneralSecurityException {
        ServerIdentity identity = ServerIdentity.create(Scenario.ECDHE_ECDSA_X25519);
        Credential credential = Credential.local(List.of(identity.certificate()), identity.key());
        return switch (growing) {
            case NAMES -> names(identity, count).credential(credential);
            case AUTHORITIES -> {
                List<X509Certificate> anchors = ServerIdentity.authorities(count);
                yield LockstepEngine.builder(Scenario.CLIENT_CERTIFICATE, CryptoProviders.NONE)
                        .credential(credential)
                        .clientAuthentication(ClientAuthentication.required(PkixVerifier.trusting(anchors)));
            }
            case CREDENTIALS -> credentials(credential, count);
            case IDLE -> x25519().credential(credential);
        };
    }

    private static TlsServerConfigBuilder x25519() {
        return LockstepEngine.builder(Scenario.ECDHE_ECDSA_X25519, CryptoProviders.NONE);
    }

    /** Each name has a credential of its own, so that each is checked. */
    private static TlsServerConfigBuilder names(ServerIdentity identity, int count) {
        TlsServerConfigBuilder builder = x25519();
        for (int i = 0; i < count; i++) {
            builder.credential(
                    "host-" + i + ".example", Credential.local(List.of(identity.certificate()), identity.key()));
        }
        return builder;
    }

    /** The one that fits is the last: the others are for suites that the client does not offer. */
    private static TlsServerConfigBuilder credentials(Credential fitting, int count) throws GeneralSecurityException {
        TlsServerConfigBuilder builder = x25519().cipherSuites(List.of(
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
        ServerIdentity rsa = ServerIdentity.create(Scenario.ECDHE_RSA_X25519);
        for (int i = 1; i < count; i++) {
            builder.credential(Credential.local(List.of(rsa.certificate()), rsa.key()));
        }
        return builder.credential(fitting);
    }
}

package dev.lockstep.testkit;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;

/** Configurations with everything allowed; most repeat: randomness from a seed, a clock that stands still. */
public final class TestServers {

    /** The static RSA key exchange, for which the key decrypts. */
    public static final CipherSuite DECRYPTING_SUITE = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;

    private TestServers() {}

    /** Returns a builder with everything allowed, a clock that stands still and randomness that is the same in every run. */
    public static TlsServerConfigBuilder builder(Credential... credentials) {
        return allowingAll(credentials).random(new SeededRandom(2)).clock(new FakeClock());
    }

    /** Returns the configuration of {@link #builder}. */
    public static TlsServerConfig config(Credential... credentials) {
        return builder(credentials).build();
    }

    /** Everything allowed, with this machine's clock and randomness: for keys that live outside of the test's thread. */
    public static TlsServerConfig live(Credential... credentials) {
        return allowingAll(credentials).build();
    }

    private static TlsServerConfigBuilder allowingAll(Credential... credentials) {
        TlsServerConfigBuilder builder = TlsServerConfig.builder().policy(Policy.COMPATIBLE);
        for (Credential credential : credentials) {
            builder.credential(credential);
        }
        return builder;
    }

    /** The identity's key in this process. */
    public static Credential local(TestIdentity identity) {
        return Credential.local(identity.chain(), identity.privateKey());
    }

    /** A client that makes the server's key decrypt. */
    public static ClientOptions decryptingClient() {
        return ClientOptions.offering(DECRYPTING_SUITE);
    }
}

import org.jspecify.annotations.NullMarked;

/**
 * The primitives of TLS 1.2, each taken from the provider that serves it best: the JDK's own where it has intrinsics,
 * Bouncy Castle for curves, CCM and EdDSA.
 *
 * <p>The only module of Lockstep that names {@code javax.crypto} or {@code org.bouncycastle}.
 */
@NullMarked
@SuppressWarnings("module") // the modules named in the exports are built after this one
module dev.lockstep.crypto {
    requires static transitive org.jspecify;
    requires org.bouncycastle.provider;

    uses java.security.Provider;

    exports dev.lockstep.crypto to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.aead to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.cbc to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.group to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.hash to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.ocsp to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.rsa to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.selection to
            dev.lockstep.tls,
            dev.lockstep.server;
    exports dev.lockstep.crypto.signature to
            dev.lockstep.tls,
            dev.lockstep.keys,
            dev.lockstep.server;
    exports dev.lockstep.crypto.source to
            dev.lockstep.tls,
            dev.lockstep.keys;
}

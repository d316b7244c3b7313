import org.jspecify.annotations.NullMarked;

/**
 * The primitives of TLS 1.2, each taken from the provider that serves it best: the JDK's own where it has intrinsics,
 * Bouncy Castle for curves, CCM and EdDSA.
 *
 * <p>The only module of Lockstep that names {@code javax.crypto} or {@code org.bouncycastle}.
 */
@NullMarked
module dev.lockstep.crypto {
    requires static transitive org.jspecify;
    requires org.bouncycastle.provider;

    exports dev.lockstep.crypto;
}

package dev.lockstep.jsse;

import java.security.PrivateKey;

/** A key that gives no encoding, as a token's: only {@link OpaqueProvider} can use it. */
final class OpaqueKey implements PrivateKey {

    private static final long serialVersionUID = 1L;

    final transient PrivateKey inside;

    OpaqueKey(PrivateKey inside) {
        this.inside = inside;
    }

    @Override
    public String getAlgorithm() {
        return inside.getAlgorithm();
    }

    @Override
    public String getFormat() {
        return null;
    }

    @Override
    public byte[] getEncoded() {
        return null;
    }
}

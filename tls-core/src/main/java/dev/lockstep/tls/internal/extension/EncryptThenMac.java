package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;

/**
 * Puts the MAC of CBC suites outside the encryption, RFC 7366 2-1; the same empty body in both hellos.
 *
 * <pre>
 * struct {} EncryptThenMac;
 * </pre>
 */
public record EncryptThenMac() implements Extension {

    /** Reads the body, which must be empty. */
    public static EncryptThenMac parse(WireReader body) {
        body.requireEnd("encrypt_then_mac");
        return new EncryptThenMac();
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.ENCRYPT_THEN_MAC;
    }

    @Override
    public void encodeBody(WireWriter out) {
        // The extension says all by being there.
    }
}

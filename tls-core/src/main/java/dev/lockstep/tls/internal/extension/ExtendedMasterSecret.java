package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;

/**
 * Binds the master secret to the whole handshake, RFC 7627 5.1; the same empty body in both hellos.
 *
 * <pre>
 * struct {} ExtendedMasterSecret;
 * </pre>
 */
public record ExtendedMasterSecret() implements Extension {

    /** Reads the body, which must be empty. */
    public static ExtendedMasterSecret parse(WireReader body) {
        body.requireEnd("extended_master_secret");
        return new ExtendedMasterSecret();
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.EXTENDED_MASTER_SECRET;
    }

    @Override
    public void encodeBody(WireWriter out) {
        // The extension says all by being there.
    }
}

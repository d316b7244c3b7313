package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;

/**
 * Bytes that make a ClientHello longer and mean nothing, RFC 7685 3; never answered.
 *
 * <pre>
 * opaque padding[length of extension_data];
 * </pre>
 *
 * <p>RFC 7685 3 binds the client alone: "The client MUST fill the padding extension completely with zero bytes". A
 * server that looked would gain nothing, so what the bytes are is not judged and not kept.
 *
 * @param length 0 to 65535 bytes
 */
public record Padding(int length) implements Extension {

    /** Reads the body, whatever it holds. */
    public static Padding parse(WireReader body) {
        int length = body.remaining();
        body.skip(length, "padding");
        return new Padding(length);
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.PADDING;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.bytes(new byte[length]);
    }
}

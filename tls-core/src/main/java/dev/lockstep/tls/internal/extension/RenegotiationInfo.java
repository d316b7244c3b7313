package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.Arrays;

/**
 * Binds a handshake to the one before it on the same connection, RFC 5746 3.2.
 *
 * <pre>
 * struct {
 *     opaque renegotiated_connection&lt;0..255&gt;;
 * } RenegotiationInfo;
 * </pre>
 *
 * @param renegotiatedConnection empty in a first handshake; else the client's verify_data of the handshake before, in
 *     the ServerHello followed by the server's
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record RenegotiationInfo(byte[] renegotiatedConnection) implements Extension {

    /** Returns the form of a first handshake. */
    public static RenegotiationInfo initial() {
        return new RenegotiationInfo(new byte[0]);
    }

    /** Reads the body. What it must hold depends on the connection and is judged there. */
    public static RenegotiationInfo parse(WireReader body) {
        byte[] connection = body.opaque8(0, 0xff, "renegotiated_connection");
        body.requireEnd("renegotiation_info");
        return new RenegotiationInfo(connection);
    }

    /** Tells whether this is the form of a first handshake. */
    public boolean isInitial() {
        return renegotiatedConnection.length == 0;
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.RENEGOTIATION_INFO;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.opaque8(renegotiatedConnection);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RenegotiationInfo that
                && Arrays.equals(renegotiatedConnection, that.renegotiatedConnection);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(renegotiatedConnection);
    }
}

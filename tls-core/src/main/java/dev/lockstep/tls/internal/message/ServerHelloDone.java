package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;

/**
 * Ends the server's side of the hellos, RFC 5246 7.4.5.
 *
 * <pre>
 * struct {} ServerHelloDone;
 * </pre>
 */
public record ServerHelloDone() implements HandshakeMessage {

    /** Reads the body, which must be empty. */
    public static ServerHelloDone parse(WireReader body) {
        body.requireEnd("ServerHelloDone");
        return new ServerHelloDone();
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.SERVER_HELLO_DONE;
    }

    @Override
    public void encodeBody(WireWriter out) {
        // The message says all by its type.
    }
}

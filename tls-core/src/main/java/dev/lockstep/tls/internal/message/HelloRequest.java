package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;

/**
 * Asks the client to begin a new handshake, RFC 5246 7.4.1.1; part of no transcript.
 *
 * <pre>
 * struct {} HelloRequest;
 * </pre>
 */
public record HelloRequest() implements HandshakeMessage {

    /** Reads the body, which must be empty. */
    public static HelloRequest parse(WireReader body) {
        body.requireEnd("HelloRequest");
        return new HelloRequest();
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.HELLO_REQUEST;
    }

    @Override
    public void encodeBody(WireWriter out) {
        // The message says all by its type.
    }
}

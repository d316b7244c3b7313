package dev.lockstep.tls.internal.record;

import dev.lockstep.tls.internal.wire.WireReader;

/** One whole handshake message as it came, for the parser and for the transcript. */
public final class JoinedMessage {
    private final byte[] encoded;

    JoinedMessage(byte[] encoded) {
        this.encoded = encoded;
    }

    /** The handshake type's number, known or not. */
    public int typeCode() {
        return encoded[0] & 0xff;
    }

    /** Header and body, the very bytes the transcript hash covers; not a copy, and the receiver's to keep. */
    public byte[] encoded() {
        return encoded;
    }

    /** Length of the body. */
    public int bodyLength() {
        return encoded.length - HandshakeJoiner.HEADER_LENGTH;
    }

    /** A fresh cursor over the body. */
    public WireReader body() {
        return new WireReader(encoded, HandshakeJoiner.HEADER_LENGTH, bodyLength());
    }
}

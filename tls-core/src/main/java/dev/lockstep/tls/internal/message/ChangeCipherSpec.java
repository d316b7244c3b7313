package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;

/**
 * Says that the records behind it are protected by what was negotiated, RFC 5246 7.1. It is a content type of its own,
 * not a handshake message.
 *
 * <pre>
 * struct {
 *     enum { change_cipher_spec(1), (255) } type;
 * } ChangeCipherSpec;
 * </pre>
 */
public record ChangeCipherSpec() {
    private static final int TYPE = 1;

    /** Reads the payload of one record: the byte 1 and nothing else, or unexpected_message. */
    public static ChangeCipherSpec parse(WireReader payload) {
        if (payload.remaining() != 1 || payload.uint8("type") != TYPE) {
            throw FatalAlert.unexpectedMessage("ChangeCipherSpec: not the one byte 1");
        }
        return new ChangeCipherSpec();
    }

    /** Returns the payload. */
    public byte[] encode() {
        return new byte[] {TYPE};
    }
}

package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;

/**
 * One message of the handshake, RFC 5246 7.4.
 *
 * <pre>
 * struct {
 *     HandshakeType msg_type;      // uint8
 *     uint24        length;        // of the body
 *     ...           body;          // what each record here describes
 * } Handshake;
 * </pre>
 *
 * <p>Each kind has a {@code parse} that reads the body, without the four bytes in front, to its end. Arrays held by
 * these records are neither copied nor changed.
 */
public sealed interface HandshakeMessage
        permits HelloRequest,
                ClientHello,
                ServerHello,
                NewSessionTicket,
                CertificateMessage,
                CertificateStatus,
                ServerKeyExchange,
                CertificateRequest,
                PskServerKeyExchange,
                ServerHelloDone,
                CertificateVerify,
                ClientKeyExchange,
                Finished {

    /** Returns msg_type. */
    HandshakeType type();

    /** Writes the body without the four bytes in front. */
    void encodeBody(WireWriter out);

    /** Returns about how long the whole message is, in bytes; an exact number saves copies. */
    default int expectedLength() {
        return 128;
    }

    /** Returns the whole message, the four bytes in front included. */
    default byte[] encode() {
        WireWriter out = new WireWriter(expectedLength());
        out.uint8(type().code());
        int body = out.beginVector24();
        encodeBody(out);
        out.endVector(body);
        return out.toByteArray();
    }
}

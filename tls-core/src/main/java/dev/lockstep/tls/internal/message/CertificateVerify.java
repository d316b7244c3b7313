package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;

/**
 * The client's proof that it has the key of its certificate, RFC 5246 7.4.8.
 *
 * <pre>
 * struct {
 *     digitally-signed struct {
 *         opaque handshake_messages[handshake_messages_length];   // all of them so far, without this one
 *     }
 * } CertificateVerify;
 * </pre>
 *
 * @param signed the signature and its scheme, neither of them judged yet
 */
public record CertificateVerify(DigitallySigned signed) implements HandshakeMessage {

    /** Reads the body. */
    public static CertificateVerify parse(WireReader body) {
        DigitallySigned signed = DigitallySigned.parse(body);
        body.requireEnd("CertificateVerify");
        return new CertificateVerify(signed);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.CERTIFICATE_VERIFY;
    }

    @Override
    public void encodeBody(WireWriter out) {
        signed.encode(out);
    }
}

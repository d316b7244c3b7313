package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.CompressionMethod;
import dev.lockstep.tls.spec.HandshakeType;
import java.util.Arrays;
import java.util.Objects;

/**
 * What the server chose, RFC 5246 7.4.1.3.
 *
 * <pre>
 * struct {
 *     ProtocolVersion   server_version;             // uint16
 *     Random            random;                     // 32 bytes
 *     opaque            session_id&lt;0..32&gt;;
 *     CipherSuite       cipher_suite;               // uint16
 *     CompressionMethod compression_method;         // uint8, null(0)
 *     Extension         extensions&lt;0..2^16-1&gt;;     // absent if there is none to answer
 * } ServerHello;
 * </pre>
 *
 * @param version server_version, major byte above minor byte
 * @param random the server's random
 * @param sessionId 0 to 32 bytes
 * @param cipherSuite the suite chosen
 * @param extensions the answers to extensions of the client
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record ServerHello(
        int version, HelloRandom random, byte[] sessionId, CipherSuite cipherSuite, ExtensionSet extensions)
        implements HandshakeMessage {

    /** Reads the body. */
    public static ServerHello parse(WireReader body) {
        int version = body.uint16("server_version");
        HelloRandom random = HelloRandom.parse(body);
        byte[] sessionId = body.opaque8(0, 32, "session_id");
        CipherSuite suite = CipherSuite.of(body.uint16("cipher_suite"));
        int compression = body.uint8("compression_method");
        ExtensionSet extensions = ExtensionSet.parseServerHello(body);
        if (suite == null) {
            throw FatalAlert.illegalParameter("cipher_suite: unknown");
        }
        if (compression != CompressionMethod.NULL.code()) {
            throw FatalAlert.illegalParameter("compression_method: not null");
        }
        return new ServerHello(version, random, sessionId, suite, extensions);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.SERVER_HELLO;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint16(version)
                .bytes(random.bytes())
                .opaque8(sessionId)
                .uint16(cipherSuite.code())
                .uint8(CompressionMethod.NULL.code());
        extensions.encode(out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerHello that
                && version == that.version
                && random.equals(that.random)
                && Arrays.equals(sessionId, that.sessionId)
                && cipherSuite == that.cipherSuite
                && extensions.equals(that.extensions);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, random, Arrays.hashCode(sessionId), cipherSuite, extensions);
    }
}

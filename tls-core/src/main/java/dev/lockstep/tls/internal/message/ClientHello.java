package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.MaxFragmentLength;
import dev.lockstep.tls.internal.extension.RecordSizeLimit;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.CompressionMethod;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.Signaling;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the client offers, RFC 5246 7.4.1.2.
 *
 * <pre>
 * struct {
 *     ProtocolVersion   client_version;                        // uint16
 *     Random            random;                                // 32 bytes
 *     opaque            session_id&lt;0..32&gt;;
 *     CipherSuite       cipher_suites&lt;2..2^16-2&gt;;              // uint16 each
 *     CompressionMethod compression_methods&lt;1..2^8-1&gt;;        // uint8 each
 *     Extension         extensions&lt;0..2^16-1&gt;;                // may be absent altogether
 * } ClientHello;
 * </pre>
 *
 * <p>The version is not judged here, and neither is any offer: unknown suites and extensions are legal.
 *
 * @param clientVersion client_version as sent, major byte above minor byte
 * @param random the client's random
 * @param sessionId 0 to 32 bytes
 * @param cipherSuites the numbers as sent, unknown suites and signals included, the client's favourite first
 * @param compressionMethods the numbers as sent, one byte each; contains null(0)
 * @param extensions what follows, possibly nothing
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the arrays are never changed
public record ClientHello(
        int clientVersion,
        HelloRandom random,
        byte[] sessionId,
        int[] cipherSuites,
        byte[] compressionMethods,
        ExtensionSet extensions)
        implements HandshakeMessage {

    /**
     * Reads the body. First its whole shape (decode_error), then what no server may accept (illegal_parameter).
     * RFC 5246 7.4.1.2-6: "A server MUST accept ClientHello messages both with and without the extensions field".
     */
    public static ClientHello parse(WireReader body) {
        ClientHello hello = new ClientHello(
                body.uint16("client_version"),
                HelloRandom.parse(body),
                body.opaque8(0, 32, "session_id"),
                body.uint16List16(2, 0xfffe, "cipher_suites"),
                body.opaque8(1, 0xff, "compression_methods"),
                ExtensionSet.parseClientHello(body));
        hello.requireNullCompression();
        hello.requireUncompressedPoints();
        hello.requireKnownFragmentLength();
        return hello;
    }

    /**
     * Returns the offer without what no decision of this server depends on: it says the same and is never long, but for a
     * ticket. An offer of TLS 1.3 alone keeps one of its suites, so that it is still known as one.
     *
     * @param protocols as in {@link ExtensionSet#essentials}
     * @param keepReceived as there
     */
    public ClientHello essentials(@Nullable List<String> protocols, boolean keepReceived) {
        IntStream known = Arrays.stream(cipherSuites).filter(code -> CipherSuite.of(code) != null || isSignal(code));
        IntStream ofTls13 = offersOnlyTls13Suites()
                ? Arrays.stream(cipherSuites).filter(ClientHello::isOfTls13).limit(1)
                : IntStream.empty();
        int[] suites = IntStream.concat(ofTls13, known).distinct().toArray();
        return new ClientHello(
                clientVersion,
                random,
                sessionId,
                suites,
                new byte[] {(byte) CompressionMethod.NULL.code()},
                extensions.essentials(protocols, keepReceived));
    }

    /** Returns about how many bytes the parts hold whose size a client decides. */
    public int heldBytes() {
        return Integer.BYTES * cipherSuites.length + extensions.heldBytes();
    }

    /** Tells whether this number stands in cipher_suites. */
    public boolean offers(int suiteCode) {
        for (int code : cipherSuites) {
            if (code == suiteCode) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether every suite is one of TLS 1.3 (RFC 8446 B.4), apart from signals and GREASE (RFC 8701). */
    public boolean offersOnlyTls13Suites() {
        boolean some = false;
        for (int code : cipherSuites) {
            boolean grease = (code & 0x0f0f) == 0x0a0a && code >>> 8 == (code & 0xff);
            if (isOfTls13(code)) {
                some = true;
            } else if (!grease && !isSignal(code)) {
                return false;
            }
        }
        return some;
    }

    private static boolean isOfTls13(int code) {
        return code >>> 8 == 0x13;
    }

    private static boolean isSignal(int code) {
        return code == Signaling.TLS_EMPTY_RENEGOTIATION_INFO_SCSV || code == Signaling.TLS_FALLBACK_SCSV;
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.CLIENT_HELLO;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint16(clientVersion)
                .bytes(random.bytes())
                .opaque8(sessionId)
                .uint16List16(cipherSuites)
                .opaque8(compressionMethods);
        extensions.encode(out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClientHello that
                && clientVersion == that.clientVersion
                && random.equals(that.random)
                && Arrays.equals(sessionId, that.sessionId)
                && Arrays.equals(cipherSuites, that.cipherSuites)
                && Arrays.equals(compressionMethods, that.compressionMethods)
                && extensions.equals(that.extensions);
    }

    @Override
    public int hashCode() {
        return Objects.hash(clientVersion, random, Arrays.hashCode(cipherSuites), extensions);
    }

    private void requireNullCompression() {
        // RFC 5246 7.4.1.2-5: "This vector MUST contain, and all implementations MUST support,
        // CompressionMethod.null."
        for (byte method : compressionMethods) {
            if (method == CompressionMethod.NULL.code()) {
                return;
            }
        }
        throw FatalAlert.illegalParameter("compression_methods: null is missing");
    }

    private void requireUncompressedPoints() {
        EcPointFormats formats = extensions.find(EcPointFormats.class);
        SupportedGroups groups = extensions.find(SupportedGroups.class);
        if (formats == null || formats.hasUncompressed() || groups == null) {
            return;
        }
        // RFC 8422 5.1.2-2: "If the client sends the extension and the extension does not contain the uncompressed
        // point format, and the client has used the Supported Groups extension to indicate support for any of the
        // curves defined in this specification, then the server MUST abort the handshake and return an
        // illegal_parameter alert."
        if (groups.known().stream().anyMatch(group -> !group.isFiniteField())) {
            throw FatalAlert.illegalParameter("ec_point_formats: uncompressed is missing");
        }
    }

    private void requireKnownFragmentLength() {
        MaxFragmentLength length = extensions.find(MaxFragmentLength.class);
        // RFC 8449 5-1: "A server that supports the "record_size_limit" extension MUST ignore a "max_fragment_length"
        // that appears in a ClientHello if both extensions appear."
        if (length == null || extensions.has(RecordSizeLimit.class)) {
            return;
        }
        // RFC 6066 4-3: "If a server receives a maximum fragment length negotiation request for a value other than the
        // allowed values, it MUST abort the handshake with an "illegal_parameter" alert."
        if (length.known() == null) {
            throw FatalAlert.illegalParameter("max_fragment_length: " + length.code() + " stands for no length");
        }
    }
}

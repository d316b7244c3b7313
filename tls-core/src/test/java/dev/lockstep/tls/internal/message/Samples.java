package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ExtensionSet;
import dev.lockstep.tls.internal.extension.MaxFragmentLength;
import dev.lockstep.tls.internal.extension.Padding;
import dev.lockstep.tls.internal.extension.RecordSizeLimit;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SignatureAlgorithmsCert;
import dev.lockstep.tls.internal.extension.SignedCertificateTimestamps;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.extension.StatusRequest.OcspStatusRequest;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ClientCertificateType;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.MaxFragmentLengthCode;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.ProtocolVersion;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** One or more examples of every message and of the body of every extension, with the parser that reads it. */
public final class Samples {

    private Samples() {}

    /** Reads a body to its end. */
    public interface Parser {
        Object parse(WireReader body);
    }

    /**
     * An example.
     *
     * @param value what the bytes mean
     * @param body its encoding, without any header
     * @param parser reads it
     * @param encoder writes it
     * @param legalPrefixes lengths below the full one at which the bytes are a legal message too
     * @param openEnded whether the body has no length of its own, so that any bytes are legal
     */
    public record Sample(
            String name,
            Object value,
            byte[] body,
            Parser parser,
            Function<Object, byte[]> encoder,
            Set<Integer> legalPrefixes,
            boolean openEnded) {

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<Sample> all() {
        List<Sample> all = new ArrayList<>(messages());
        all.addAll(extensions());
        return all;
    }

    /** Every kind of message that a peer of a server sends, and those the server sends itself. */
    public static List<Sample> messages() {
        ExtensionSet offered = ExtensionSet.of(clientExtensions());
        ExtensionSet answered = ExtensionSet.of(List.of(
                ServerName.acknowledgement(),
                new ApplicationProtocols(List.of("h2")),
                EcPointFormats.uncompressedOnly(),
                new ExtendedMasterSecret(),
                RenegotiationInfo.initial()));
        ClientHello bareHello = new ClientHello(
                ProtocolVersion.TLS_1_2,
                random(1),
                new byte[0],
                new int[] {0xc02b, 0x00ff},
                new byte[] {0},
                ExtensionSet.none());
        ClientHello fullHello = new ClientHello(
                ProtocolVersion.TLS_1_2,
                random(2),
                bytes(32, 9),
                new int[] {0x0a0a, 0xc02b, 0xc02f, 0xcca9, 0x5600},
                new byte[] {1, 0},
                offered);
        ServerHello bareAnswer = new ServerHello(
                ProtocolVersion.TLS_1_2,
                random(3),
                new byte[0],
                CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA,
                ExtensionSet.none());
        ServerHello fullAnswer = new ServerHello(
                ProtocolVersion.TLS_1_2,
                random(4),
                bytes(32, 5),
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                answered);
        DigitallySigned signed = new DigitallySigned(SignatureScheme.ECDSA_SECP256R1_SHA256, bytes(70, 3));

        List<Sample> all = new ArrayList<>();
        all.add(message("HelloRequest", new HelloRequest(), HelloRequest::parse));
        all.add(message("ClientHello without extensions", bareHello, ClientHello::parse));
        // A hello cut exactly before its extensions is a legal hello that has none.
        all.add(message("ClientHello", fullHello, ClientHello::parse, 2 + 32 + 1 + 32 + 2 + 10 + 1 + 2));
        all.add(message("ServerHello without extensions", bareAnswer, ServerHello::parse));
        all.add(message("ServerHello", fullAnswer, ServerHello::parse, 2 + 32 + 1 + 32 + 2 + 1));
        all.add(message("Certificate, empty", new CertificateMessage(List.of()), CertificateMessage::parse));
        all.add(message(
                "Certificate",
                new CertificateMessage(List.of(bytes(300, 1), bytes(1, 2), bytes(40, 3))),
                CertificateMessage::parse));
        all.add(message(
                "ServerKeyExchange, ECDHE",
                new EcdheServerKeyExchange(new ServerEcdhParams(NamedGroup.SECP256R1, bytes(65, 4)), signed),
                in -> ServerKeyExchange.parse(KeyExchange.ECDHE_ECDSA, in)));
        all.add(message(
                "ServerKeyExchange, DHE",
                new DheServerKeyExchange(new ServerDhParams(bytes(256, 0xff), bytes(1, 2), bytes(256, 7)), signed),
                in -> ServerKeyExchange.parse(KeyExchange.DHE_RSA, in)));
        all.add(message("NewSessionTicket", new NewSessionTicket(0xfffffffeL, bytes(180, 6)), NewSessionTicket::parse));
        all.add(message("NewSessionTicket, empty", new NewSessionTicket(0, new byte[0]), NewSessionTicket::parse));
        all.add(message("CertificateStatus", new CertificateStatus(bytes(471, 2)), CertificateStatus::parse));
        all.add(message(
                "CertificateRequest",
                CertificateRequest.of(
                        List.of(ClientCertificateType.ECDSA_SIGN, ClientCertificateType.RSA_SIGN),
                        List.of(SignatureScheme.ECDSA_SECP256R1_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256),
                        List.of(bytes(33, 1), bytes(1, 2), bytes(70, 3))),
                CertificateRequest::parse));
        all.add(message(
                "CertificateRequest without authorities",
                new CertificateRequest(new int[] {1}, new int[] {0x0401}, List.of()),
                CertificateRequest::parse));
        all.add(message("CertificateVerify", new CertificateVerify(signed), CertificateVerify::parse));
        all.add(message(
                "ServerKeyExchange, PSK",
                new PskServerKeyExchange(bytes(20, 3), new byte[0]),
                in -> PskServerKeyExchange.parse(KeyExchange.PSK, in)));
        all.add(message(
                "ServerKeyExchange, DHE_PSK",
                new PskServerKeyExchange(
                        new byte[0], new ServerDhParams(bytes(256, 0xff), bytes(1, 2), bytes(256, 7)).encode()),
                in -> PskServerKeyExchange.parse(KeyExchange.DHE_PSK, in)));
        all.add(message(
                "ServerKeyExchange, ECDHE_PSK",
                new PskServerKeyExchange(bytes(3, 3), new ServerEcdhParams(NamedGroup.X25519, bytes(32, 4)).encode()),
                in -> PskServerKeyExchange.parse(KeyExchange.ECDHE_PSK, in)));
        all.add(message("ServerHelloDone", new ServerHelloDone(), ServerHelloDone::parse));
        all.add(message(
                "ClientKeyExchange, ECDHE",
                new EcdheClientKeyExchange(bytes(32, 8)),
                in -> ClientKeyExchange.parse(KeyExchange.ECDHE_RSA, in)));
        all.add(message(
                "ClientKeyExchange, DHE",
                new DheClientKeyExchange(bytes(256, 8)),
                in -> ClientKeyExchange.parse(KeyExchange.DHE_RSA, in)));
        all.add(message(
                "ClientKeyExchange, RSA",
                new RsaClientKeyExchange(bytes(256, 8)),
                in -> ClientKeyExchange.parse(KeyExchange.RSA, in)));
        all.add(message(
                "ClientKeyExchange, PSK",
                new PskClientKeyExchange(bytes(20, 1), null),
                in -> ClientKeyExchange.parse(KeyExchange.PSK, in)));
        all.add(message(
                "ClientKeyExchange, ECDHE_PSK",
                new PskClientKeyExchange(bytes(20, 1), new EcdheClientKeyExchange(bytes(32, 8))),
                in -> ClientKeyExchange.parse(KeyExchange.ECDHE_PSK, in)));
        all.add(message(
                "ClientKeyExchange, DHE_PSK",
                new PskClientKeyExchange(new byte[0], new DheClientKeyExchange(bytes(256, 8))),
                in -> ClientKeyExchange.parse(KeyExchange.DHE_PSK, in)));
        all.add(message(
                "ClientKeyExchange, RSA_PSK",
                new PskClientKeyExchange(bytes(1, 1), new RsaClientKeyExchange(bytes(256, 8))),
                in -> ClientKeyExchange.parse(KeyExchange.RSA_PSK, in)));
        all.add(message("Finished", new Finished(bytes(12, 1)), Finished::parse));
        Alert alert = Alert.fatal(AlertDescription.HANDSHAKE_FAILURE);
        all.add(new Sample(
                "Alert", alert, alert.encode(), Alert::parse, value -> ((Alert) value).encode(), Set.of(), false));
        return all;
    }

    /** The body of every extension, in each of its forms. */
    public static List<Sample> extensions() {
        List<Sample> all = new ArrayList<>();
        all.add(extension(new ServerName("www.example.org"), ServerName::parse));
        all.add(extension(ServerName.acknowledgement(), ServerName::parseServerHello));
        all.add(extension(new SupportedGroups(new int[] {0x1a1a, 29, 23, 256}), SupportedGroups::parse));
        all.add(extension(EcPointFormats.uncompressedOnly(), EcPointFormats::parse));
        all.add(extension(new EcPointFormats(new int[] {2, 1, 0}), EcPointFormats::parse));
        all.add(extension(new SignatureAlgorithms(new int[] {0x0403, 0x0804, 0x0a0a}), SignatureAlgorithms::parse));
        all.add(extension(new ApplicationProtocols(List.of("h2", "http/1.1")), ApplicationProtocols::parse));
        all.add(extension(new ApplicationProtocols(List.of("h2")), ApplicationProtocols::parseServerHello));
        all.add(extension(new EncryptThenMac(), EncryptThenMac::parse));
        all.add(extension(new ExtendedMasterSecret(), ExtendedMasterSecret::parse));
        all.add(extension(new MaxFragmentLength(MaxFragmentLengthCode.LENGTH_1024), MaxFragmentLength::parse));
        all.add(extension(new RecordSizeLimit(0x4001), RecordSizeLimit::parse));
        all.add(extension(StatusRequest.ocsp(), StatusRequest::parse));
        all.add(extension(
                new StatusRequest(new OcspStatusRequest(new byte[] {0, 2, 0x30, 0, 0, 1, 4}, bytes(9, 1))),
                StatusRequest::parse));
        all.add(extension(StatusRequest.acknowledgement(), StatusRequest::parseServerHello));
        all.add(extension(SignedCertificateTimestamps.wanted(), SignedCertificateTimestamps::parse));
        all.add(extension(
                new SignedCertificateTimestamps(List.of(bytes(118, 1), bytes(1, 2))),
                SignedCertificateTimestamps::parseServerHello));
        all.add(extension(
                SignatureAlgorithmsCert.of(List.of(SignatureScheme.RSA_PKCS1_SHA256)), SignatureAlgorithmsCert::parse));
        all.add(openEnded(new Padding(77), Padding::parse));
        all.add(openEnded(new SessionTicket(bytes(192, 1)), SessionTicket::parse));
        all.add(extension(SessionTicket.empty(), SessionTicket::parseServerHello));
        all.add(extension(RenegotiationInfo.initial(), RenegotiationInfo::parse));
        all.add(extension(new RenegotiationInfo(bytes(24, 1)), RenegotiationInfo::parse));
        return all;
    }

    /** One of every kind of extension that a client sends. */
    public static List<Extension> clientExtensions() {
        return List.of(
                new ServerName("www.example.org"),
                new ExtendedMasterSecret(),
                RenegotiationInfo.initial(),
                new SupportedGroups(new int[] {0x2a2a, 29, 23, 24, 256}),
                EcPointFormats.uncompressedOnly(),
                new ApplicationProtocols(List.of("h2", "http/1.1")),
                new SignatureAlgorithms(new int[] {0x0403, 0x0804, 0x0401}),
                new EncryptThenMac(),
                new StatusRequest(new OcspStatusRequest(new byte[] {0, 1, 4}, bytes(5, 1))),
                SignedCertificateTimestamps.wanted(),
                new SignatureAlgorithmsCert(new int[] {0x0403, 0x0401}),
                new MaxFragmentLength(MaxFragmentLengthCode.LENGTH_512),
                new RecordSizeLimit(1000),
                new SessionTicket(bytes(32, 4)),
                new Padding(11));
    }

    public static HelloRandom random(int seed) {
        return new HelloRandom(bytes(HelloRandom.LENGTH, seed));
    }

    public static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed + 7 * i);
        }
        return bytes;
    }

    private static Sample message(String name, HandshakeMessage value, Parser parser, Integer... legalPrefixes) {
        Function<Object, byte[]> encoder = message -> {
            WireWriter out = new WireWriter();
            ((HandshakeMessage) message).encodeBody(out);
            return out.toByteArray();
        };
        return new Sample(name, value, encoder.apply(value), parser, encoder, Set.of(legalPrefixes), false);
    }

    private static Sample openEnded(Extension value, Parser parser) {
        Sample closed = extension(value, parser);
        return new Sample(closed.name, closed.value, closed.body, parser, closed.encoder, Set.of(), true);
    }

    private static Sample extension(Extension value, Parser parser) {
        Function<Object, byte[]> encoder = extension -> {
            WireWriter out = new WireWriter();
            ((Extension) extension).encodeBody(out);
            return out.toByteArray();
        };
        String name = value.type().ianaName() + ", " + encoder.apply(value).length + " bytes";
        return new Sample(name, value, encoder.apply(value), parser, encoder, Set.of(), false);
    }
}

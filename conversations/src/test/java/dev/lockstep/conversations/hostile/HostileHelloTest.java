package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.recordVersion;
import static dev.lockstep.tls.spec.AlertDescription.DECODE_ERROR;
import static dev.lockstep.tls.spec.AlertDescription.HANDSHAKE_FAILURE;
import static dev.lockstep.tls.spec.AlertDescription.ILLEGAL_PARAMETER;
import static dev.lockstep.tls.spec.AlertDescription.INAPPROPRIATE_FALLBACK;
import static dev.lockstep.tls.spec.AlertDescription.INSUFFICIENT_SECURITY;
import static dev.lockstep.tls.spec.AlertDescription.NO_APPLICATION_PROTOCOL;
import static dev.lockstep.tls.spec.AlertDescription.PROTOCOL_VERSION;
import static dev.lockstep.tls.spec.AlertDescription.UNEXPECTED_MESSAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Misdeed;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.InputForm;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a ClientHello may not say, what it may, and which alert tells the difference. */
class HostileHelloTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite DHE = CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;

    private static ClientOptions options() {
        return ClientOptions.offering(ECDHE);
    }

    private static Misdeed of(String name, ClientOptions options, AlertDescription alert) {
        return new Misdeed(name, options, c -> c.client().sends(clientHello()), alert);
    }

    private static Misdeed changed(String name, UnaryOperator<byte[]> change, AlertDescription alert) {
        return new Misdeed(name, options(), c -> c.client().sends(clientHello(change)), alert);
    }

    private static Misdeed sent(String name, AlertDescription alert, ClientMessage... messages) {
        return new Misdeed(name, options(), c -> c.client().sends(messages), alert);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] names(byte[]... entries) {
        return Bytes.vector(2, Bytes.concat(entries));
    }

    private static byte[] host(String name) {
        return Bytes.concat(Bytes.u8(0), Bytes.vector(2, name.getBytes(StandardCharsets.ISO_8859_1)));
    }

    static Stream<Misdeed> misdeeds() {
        List<Misdeed> all = new ArrayList<>();
        all.add(of("version 1.1", options().version(0x0302), PROTOCOL_VERSION));
        all.add(of("version 1.0", options().version(0x0301), PROTOCOL_VERSION));
        all.add(of("version SSL 3.0", options().version(0x0300), PROTOCOL_VERSION));
        all.add(of("version 2.0", options().version(0x0200), PROTOCOL_VERSION));
        all.add(of(
                "fallback from 1.2",
                options().version(0x0302).suiteCodes(ECDHE.code(), 0x5600),
                INAPPROPRIATE_FALLBACK));
        all.add(of("session id of 33 bytes", options().sessionId(new byte[33]), DECODE_ERROR));
        all.add(of("no suites", options().suiteCodes(), DECODE_ERROR));
        all.add(of("only unknown suites", options().suiteCodes(0x0a0a, 0xc0ff), HANDSHAKE_FAILURE));
        all.add(of("only suites of TLS 1.3", options().suiteCodes(0x1a1a, 0x1301, 0x1302, 0x00ff), PROTOCOL_VERSION));
        all.add(of("only signalling suites", options().suiteCodes(0x00ff, 0x5600), HANDSHAKE_FAILURE));
        all.add(changed("an odd number of suite bytes", HostileHelloTest::withOddSuites, DECODE_ERROR));
        all.add(of("no compression methods", options().compressions(), DECODE_ERROR));
        all.add(of("no null compression", options().compressions(1), ILLEGAL_PARAMETER));
        all.add(changed("one byte missing", b -> Bytes.slice(b, 0, b.length - 1), DECODE_ERROR));
        all.add(changed("one byte too many", b -> Bytes.concat(b, new byte[1]), DECODE_ERROR));
        all.add(changed("an empty body", b -> new byte[0], DECODE_ERROR));
        all.add(of("a known extension twice", options().extension(23, new byte[0]), ILLEGAL_PARAMETER));
        all.add(of(
                "an unknown extension twice",
                options().extension(0x7777, new byte[0]).extension(0x7777, new byte[1]),
                ILLEGAL_PARAMETER));
        ClientOptions bare = options().groupCodes().extendedMasterSecret(false).encryptThenMac(false);
        all.add(of("extended_master_secret with content", extension(23, "00"), DECODE_ERROR));
        all.add(of("encrypt_then_mac with content", extension(22, "00"), DECODE_ERROR));
        // RFC 8422 5.1-1
        all.add(of("ec_point_formats without uncompressed", extension(11, "020102"), ILLEGAL_PARAMETER));
        all.add(of("supported_groups empty", bare.extension(10, hex("0000")), DECODE_ERROR));
        all.add(of("supported_groups odd", extension(10, "0003001d00"), DECODE_ERROR));
        all.add(of("supported_groups without its length", extension(10, ""), DECODE_ERROR));
        all.add(of("signature_algorithms empty", scheme("0000"), DECODE_ERROR));
        all.add(of("signature_algorithms odd", scheme("0003040104"), DECODE_ERROR));
        all.add(of("signature_algorithms over", scheme("0006040104"), DECODE_ERROR));
        all.add(of("only unknown schemes", options().schemeCodes(0xfefe, 0x0a0a), HANDSHAKE_FAILURE));
        all.add(of("only schemes of other keys", options().schemeCodes(0x0403, 0x0807), HANDSHAKE_FAILURE));
        all.add(of("only unknown groups", options().groupCodes(0x0a0a, 0x6399), HANDSHAKE_FAILURE));
        all.add(of(
                "only FFDHE groups that the server does not have",
                ClientOptions.offering(DHE).groups(NamedGroup.FFDHE8192),
                INSUFFICIENT_SECURITY));
        all.add(of("server_name empty", extension(0, "0000"), DECODE_ERROR));
        all.add(of("server_name with an empty host name", extension(0, "00030000" + "00"), DECODE_ERROR));
        all.add(of("server_name twice", extension(0, names(host("a.example"), host("b.example"))), ILLEGAL_PARAMETER));
        all.add(of("server_name with NUL", extension(0, names(host("a\0.example"))), ILLEGAL_PARAMETER));
        all.add(of("server_name with a control byte", extension(0, names(host("a\n.example"))), ILLEGAL_PARAMETER));
        all.add(of("server_name not in ASCII", extension(0, names(host("\u00e4.example"))), ILLEGAL_PARAMETER));
        all.add(of("ALPN without overlap", options().protocols("spdy/1"), NO_APPLICATION_PROTOCOL));
        all.add(of("ALPN empty", extension(16, "0000"), DECODE_ERROR));
        all.add(of("ALPN with an empty name", extension(16, "000100"), DECODE_ERROR));
        all.add(of(
                "renegotiation_info that is not empty",
                options().renegotiationInfo(false).extension(0xff01, hex("0100")),
                HANDSHAKE_FAILURE));
        all.add(of(
                "renegotiation_info that is cut",
                options().renegotiationInfo(false).extension(0xff01, hex("0200")),
                DECODE_ERROR));
        all.add(sent(
                "an HTTP request", UNEXPECTED_MESSAGE, raw("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII))));
        all.add(sent("a record of version 2.3", PROTOCOL_VERSION, recordVersion(0x0203), clientHello()));
        all.add(sent("33 empty records", UNEXPECTED_MESSAGE, emptyRecords(33)));
        all.add(sent("application data first", UNEXPECTED_MESSAGE, record(23, new byte[5])));
        return all.stream();
    }

    private static byte[] withOddSuites(byte[] hello) {
        // version, random, empty session id, then the suites' length
        return Bytes.concat(Bytes.slice(hello, 0, 35), hex("0003c02f00"), Bytes.slice(hello, 39, hello.length - 39));
    }

    private static ClientMessage[] emptyRecords(int count) {
        return Stream.generate(() -> record(22, new byte[0])).limit(count).toArray(ClientMessage[]::new);
    }

    /** A client that sends this extension instead of its usual one. */
    private static ClientOptions extension(int type, byte[] body) {
        ClientOptions options = options();
        switch (type) {
            case 10 -> options.groupCodes();
            case 11 -> options.pointFormats(false);
            case 13 -> options.schemeCodes();
            case 22 -> options.encryptThenMac(false);
            case 23 -> options.extendedMasterSecret(false);
            default -> {}
        }
        return options.extension(type, body);
    }

    private static ClientOptions extension(int type, String hex) {
        return extension(type, hex(hex));
    }

    private static ClientOptions scheme(String hex) {
        return extension(13, hex);
    }

    private static TlsServerConfig server() {
        return builder(local(TestIdentity.RSA_2048))
                .applicationProtocols(List.of("h2"))
                .groups(List.of(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.FFDHE2048))
                .build();
    }

    static Stream<Arguments> misdeedsInEveryForm() {
        return misdeeds().flatMap(misdeed -> Forms.inputs().map(forms -> Arguments.of(misdeed, forms)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("misdeedsInEveryForm")
    void isRefused(Misdeed misdeed, Forms forms) {
        // RFC 5246 7.2.2-3, 7.4.1.2-5, 7.4.1.2-6, 7.4.1.4-3, E.1-3, RFC 7507 3-1, RFC 7919 4-2, RFC 8422 5.1-4,
        // RFC 6066 3-1, 3-2, RFC 7301 3.2-1, RFC 5746 3.6-2, 3.6-3, RFC 9325 3.1.1-2, 3.1.1-3, 3.1.1-4, 3.8-2,
        // RFC 5288 4-1, 4-3, RFC 6655 5-1, 5-3
        Conversation conversation = Conversation.of(server(), misdeed.options(), forms);
        misdeed.act().accept(conversation);
        conversation.server().refuses(misdeed.alert());
    }

    static Stream<Arguments> unusualButLegal() {
        return Stream.of(
                Arguments.of("version 1.3", options().version(0x0304)),
                Arguments.of("version 4.0", options().version(0x0400)),
                Arguments.of("version 255.255", options().version(0xffff)),
                Arguments.of("a fallback that is none", options().suiteCodes(ECDHE.code(), 0x5600)),
                Arguments.of("session id of 32 bytes", options().sessionId(new byte[32])),
                Arguments.of("null compression last", options().compressions(64, 1, 0)),
                Arguments.of("renegotiation by its SCSV", scsv()),
                Arguments.of("GREASE suites", options().suiteCodes(0x0a0a, ECDHE.code(), 0xfafa)),
                Arguments.of("GREASE groups", options().groupCodes(0x1a1a, 29)),
                Arguments.of("GREASE schemes", options().schemeCodes(0x2a2a, 0x0401)),
                Arguments.of("GREASE extension", options().extension(0x3a3a, new byte[1])),
                Arguments.of("GREASE protocol", options().protocols("\u004a\u004a", "h2")),
                Arguments.of("padding", options().extension(21, new byte[3000])),
                Arguments.of("a great many suites", options().suiteCodes(manySuites())),
                Arguments.of("a hello of almost 2^17 bytes", huge()),
                Arguments.of(
                        "no extensions at all",
                        ClientOptions.offering(RSA_EXCHANGE).withoutExtensions()),
                Arguments.of("an unknown kind of name", options().extension(0, names(hex("07000161")))),
                Arguments.of("an unknown host name", options().serverName("unknown.example.org")));
    }

    private static final CipherSuite RSA_EXCHANGE = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;

    private static ClientOptions scsv() {
        return options().renegotiationInfo(false).suiteCodes(0x00ff, ECDHE.code());
    }

    private static int[] manySuites() {
        int[] codes = new int[32_766];
        Arrays.fill(codes, 0x6a6a);
        codes[codes.length - 1] = ECDHE.code();
        return codes;
    }

    private static ClientOptions huge() {
        return options()
                .suiteCodes(manySuites())
                .extension(0x5000, new byte[32_000])
                .extension(0x5001, new byte[33_300]);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusualButLegal")
    void isAccepted(String name, ClientOptions options) {
        // RFC 5246 7.4.1.2-2, 7.4.1.2-6, E.1-2, RFC 5746 3.6-1, 3.6-2, 3.6-5
        Conversation conversation = Conversation.of(server(), options, Forms.PLAIN);
        conversation.completes();
    }

    /** As far as the extension block's own length goes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aHelloInManySmallRecordsIsAccepted(int fragment) {
        for (Forms forms : Forms.inputs().toList()) {
            Conversation conversation = Conversation.of(server(), options(), forms);
            conversation.client().fragmentsOf(fragment);
            conversation.completes();
        }
    }

    @Test
    void aHelloOverTheBoundIsRefusedAtItsHeader() {
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .bounds(Bounds.DEFAULT.withMaxClientHello(1000).withMaxHandshakeMessage(1000))
                .build();
        for (InputForm input : InputForm.values()) {
            Forms forms = new Forms(input, Forms.PLAIN.key(), Forms.PLAIN.buffers());
            Conversation conversation = Conversation.of(config, options(), forms);
            // a header only: nothing is allocated for what it announces
            conversation.client().sends(record(22, hex("01ffffff")));
            conversation.server().refuses(DECODE_ERROR);
        }
        Conversation fits = Conversation.of(config, options(), Forms.PLAIN);
        fits.completes();
    }

    @Test
    void theRenegotiationScsvIsAnsweredAndAMissingOneIsNot() {
        // RFC 5746 3.6-1, 3.6-4, 4.3-1, RFC 9325 3.5-1
        Conversation scsv = Conversation.of(server(), scsv(), Forms.PLAIN);
        scsv.completes();
        assertThat(scsv.client().serverExtension(0xff01)).containsExactly(0);
        Conversation none = Conversation.of(server(), options().renegotiationInfo(false), Forms.PLAIN);
        none.completes();
        assertThat(none.client().serverExtension(0xff01)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0301, 0x0302, 0x0303})
    void theAlertToAnInappropriateFallbackHasTheRecordVersionOfTheClient(int version) {
        // RFC 7507 3-1, 3-2
        ClientOptions fallback = options().version(0x0302).suiteCodes(ECDHE.code(), 0x5600);
        Conversation conversation = Conversation.of(server(), fallback, Forms.PLAIN);
        conversation.client().wantsPlaintextAlertsOfVersion(version).sends(recordVersion(version), clientHello());
        conversation.server().refuses(INAPPROPRIATE_FALLBACK);
    }

    @Test
    void anUnknownServerNameIsRefusedWherePolicySaysSo() {
        // RFC 6066 9-1
        TlsServerConfig strict = builder(local(TestIdentity.RSA_2048))
                .credential("known.example.org", local(TestIdentity.RSA_2048))
                .requireKnownServerName(true)
                .build();
        Conversation unknown = Conversation.of(strict, options().serverName("unknown.example.org"), Forms.PLAIN);
        unknown.client().sends(clientHello());
        unknown.server().refuses(AlertDescription.UNRECOGNIZED_NAME);
        Conversation.of(strict, options().serverName("known.example.org"), Forms.PLAIN)
                .completes();
        Conversation.of(strict, options(), Forms.PLAIN).completes();
    }

    @Test
    void withoutSignatureAlgorithmsOnlySha1IsLeft() {
        // RFC 5246 7.4.1.4.1-3, RFC 9325 4.5-4
        Conversation sha1 = Conversation.of(server(), options().schemeCodes(), Forms.PLAIN);
        sha1.completes();
        assertThat(sha1.client().scheme()).isEqualTo(0x0201);
        TlsServerConfig modern =
                builder(local(TestIdentity.RSA_2048)).policy(Policy.MODERN).build();
        Conversation refused = Conversation.of(modern, options().schemeCodes(), Forms.PLAIN);
        refused.client().sends(clientHello());
        refused.server().refuses(HANDSHAKE_FAILURE);
    }
}

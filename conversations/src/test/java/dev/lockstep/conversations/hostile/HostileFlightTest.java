package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpecContaining;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.damaged;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.handshake;
import static dev.lockstep.testkit.client.ClientMessages.raw;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.recordVersion;
import static dev.lockstep.testkit.client.ClientMessages.strayHandshake;
import static dev.lockstep.tls.spec.AlertDescription.BAD_RECORD_MAC;
import static dev.lockstep.tls.spec.AlertDescription.DECODE_ERROR;
import static dev.lockstep.tls.spec.AlertDescription.DECRYPT_ERROR;
import static dev.lockstep.tls.spec.AlertDescription.ILLEGAL_PARAMETER;
import static dev.lockstep.tls.spec.AlertDescription.RECORD_OVERFLOW;
import static dev.lockstep.tls.spec.AlertDescription.UNEXPECTED_MESSAGE;

import dev.lockstep.conversations.fixture.Misdeed;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client may not do after ServerHelloDone, and the alert it gets for it. */
class HostileFlightTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite DHE = CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;
    private static final int CLIENT_KEY_EXCHANGE = 16;

    private static Misdeed point(String name, NamedGroup group, byte[] body, AlertDescription alert) {
        return new Misdeed(
                group + ": " + name,
                ClientOptions.offering(ECDHE).groups(group),
                c -> c.client().sends(handshake(CLIENT_KEY_EXCHANGE, body)),
                alert);
    }

    private static Misdeed yc(String name, Function<BigInteger, BigInteger> value) {
        return new Misdeed(
                "Yc = " + name,
                ClientOptions.offering(DHE).groups(NamedGroup.FFDHE2048),
                c -> {
                    BigInteger yc = value.apply(c.client().prime());
                    byte[] body = Bytes.unsigned(yc, Math.max(1, (yc.bitLength() + 7) / 8));
                    c.client().sends(handshake(CLIENT_KEY_EXCHANGE, Bytes.vector(2, body)));
                },
                ILLEGAL_PARAMETER);
    }

    private static Misdeed sent(String name, CipherSuite suite, AlertDescription alert, ClientMessage... messages) {
        return new Misdeed(
                suite.keyExchange() + ": " + name,
                ClientOptions.offering(suite),
                c -> c.client().sends(messages),
                alert);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] point(int form, byte[] x, byte[] y) {
        return Bytes.vector(1, Bytes.concat(Bytes.u8(form), x, y));
    }

    static Stream<Misdeed> keyExchanges() {
        List<Misdeed> all = new ArrayList<>();
        byte[] x = hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296");
        byte[] y = hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
        all.add(point("off the curve", NamedGroup.SECP256R1, point(4, x, Bytes.flipped(y, 31)), ILLEGAL_PARAMETER));
        all.add(point("compressed", NamedGroup.SECP256R1, point(3, x, new byte[0]), ILLEGAL_PARAMETER));
        all.add(point("hybrid", NamedGroup.SECP256R1, point(7, x, y), ILLEGAL_PARAMETER));
        all.add(point("infinity", NamedGroup.SECP256R1, point(0, new byte[0], new byte[0]), ILLEGAL_PARAMETER));
        byte[] zero = Bytes.vector(1, new byte[32]);
        all.add(point("all zero", NamedGroup.X25519, zero, ILLEGAL_PARAMETER));
        byte[] one = Bytes.vector(1, Bytes.concat(Bytes.u8(1), new byte[31]));
        all.add(point("of small order", NamedGroup.X25519, one, ILLEGAL_PARAMETER));
        all.add(point("all zero", NamedGroup.X448, Bytes.vector(1, new byte[56]), ILLEGAL_PARAMETER));
        for (NamedGroup group : List.of(NamedGroup.X25519, NamedGroup.X448, NamedGroup.SECP256R1)) {
            all.add(point("an empty share", group, new byte[1], DECODE_ERROR));
            all.add(point("an empty message", group, new byte[0], DECODE_ERROR));
            all.add(point("a cut share", group, hex("20aabb"), DECODE_ERROR));
        }
        all.add(point("a byte too many", NamedGroup.X25519, Bytes.concat(zero, new byte[1]), DECODE_ERROR));
        all.add(yc("0", p -> BigInteger.ZERO));
        all.add(yc("1", p -> BigInteger.ONE));
        all.add(yc("p - 1", p -> p.subtract(BigInteger.ONE)));
        all.add(yc("p", p -> p));
        all.add(yc("p + 2", p -> p.add(BigInteger.TWO)));
        all.add(sent("an empty Yc", DHE, DECODE_ERROR, handshake(CLIENT_KEY_EXCHANGE, hex("0000"))));
        all.add(sent("an empty message", DHE, DECODE_ERROR, handshake(CLIENT_KEY_EXCHANGE, new byte[0])));
        all.add(sent("an empty message", RSA, DECODE_ERROR, handshake(CLIENT_KEY_EXCHANGE, new byte[0])));
        for (CipherSuite suite : List.of(ECDHE, DHE, RSA)) {
            all.add(sent(
                    "one byte missing",
                    suite,
                    DECODE_ERROR,
                    clientKeyExchange(body -> Bytes.slice(body, 0, body.length - 1))));
            all.add(sent(
                    "one byte too many",
                    suite,
                    DECODE_ERROR,
                    clientKeyExchange(body -> Bytes.concat(body, new byte[1]))));
        }
        return all.stream();
    }

    static Stream<Misdeed> endings() {
        List<Misdeed> all = new ArrayList<>();
        for (CipherSuite suite : List.of(ECDHE, RSA, CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA)) {
            all.add(sent("ChangeCipherSpec early", suite, UNEXPECTED_MESSAGE, changeCipherSpecContaining(1)));
            all.add(sent("ChangeCipherSpec of 0", suite, UNEXPECTED_MESSAGE, afterKeys(changeCipherSpecContaining(0))));
            all.add(sent(
                    "ChangeCipherSpec of two bytes",
                    suite,
                    UNEXPECTED_MESSAGE,
                    afterKeys(changeCipherSpecContaining(1, 1))));
            all.add(sent(
                    "an empty ChangeCipherSpec", suite, UNEXPECTED_MESSAGE, afterKeys(changeCipherSpecContaining())));
            all.add(sent("Finished without it", suite, UNEXPECTED_MESSAGE, clientKeyExchange(), finished()));
            all.add(sent(
                    "ChangeCipherSpec twice", suite, UNEXPECTED_MESSAGE, protectedThen(changeCipherSpecContaining(1))));
            all.add(sent("data before Finished", suite, UNEXPECTED_MESSAGE, protectedThen(applicationData("early"))));
            all.add(sent(
                    "Finished with wrong verify_data",
                    suite,
                    DECRYPT_ERROR,
                    protectedThen(finished(data -> Bytes.flipped(data, 11)))));
            all.add(sent(
                    "Finished cut", suite, DECODE_ERROR, protectedThen(finished(data -> Arrays.copyOf(data, 11)))));
            all.add(sent(
                    "Finished padded", suite, DECODE_ERROR, protectedThen(finished(data -> Arrays.copyOf(data, 13)))));
            all.add(sent("an empty Finished", suite, DECODE_ERROR, protectedThen(finished(data -> new byte[0]))));
            all.add(sent(
                    "Finished with a damaged record",
                    suite,
                    BAD_RECORD_MAC,
                    protectedThen(damaged(finished(), data -> Bytes.flipped(data, -1)))));
            all.add(sent(
                    "Finished not protected",
                    suite,
                    BAD_RECORD_MAC,
                    clientKeyExchange(),
                    changeCipherSpecContaining(1),
                    finished()));
            all.add(sent(
                    "ChangeCipherSpec inside a message",
                    suite,
                    UNEXPECTED_MESSAGE,
                    clientKeyExchange(),
                    record(22, hex("1400000c0001")),
                    changeCipherSpecContaining(1)));
            all.add(sent(
                    "a second ClientKeyExchange",
                    suite,
                    UNEXPECTED_MESSAGE,
                    clientKeyExchange(),
                    strayHandshake(CLIENT_KEY_EXCHANGE, new byte[33])));
            all.add(sent(
                    "a client certificate that was not asked for",
                    suite,
                    UNEXPECTED_MESSAGE,
                    handshake(11, hex("000000"))));
        }
        all.add(sent(
                "a record of version 3.1 after ServerHello",
                ECDHE,
                AlertDescription.PROTOCOL_VERSION,
                recordVersion(0x0301),
                clientKeyExchange()));
        all.add(sent("a record of type 24", ECDHE, UNEXPECTED_MESSAGE, record(24, hex("010003616263"))));
        all.add(sent("a plaintext record over 2^14", ECDHE, RECORD_OVERFLOW, raw(hex("1603034001"))));
        all.add(sent("an alert of an unknown level", ECDHE, ILLEGAL_PARAMETER, record(21, hex("035a"))));
        all.add(sent(
                "another record between the halves of an alert",
                ECDHE,
                UNEXPECTED_MESSAGE,
                record(21, hex("01")),
                clientKeyExchange()));
        all.add(sent("33 empty handshake records", ECDHE, UNEXPECTED_MESSAGE, repeated(33, record(22, new byte[0]))));
        all.add(sent("five warnings in a row", ECDHE, UNEXPECTED_MESSAGE, repeated(5, record(21, hex("015a")))));
        return all.stream();
    }

    private static ClientMessage[] afterKeys(ClientMessage message) {
        return new ClientMessage[] {clientKeyExchange(), message};
    }

    private static ClientMessage[] protectedThen(ClientMessage message) {
        return new ClientMessage[] {clientKeyExchange(), changeCipherSpec(), message};
    }

    private static ClientMessage[] repeated(int times, ClientMessage message) {
        return Stream.generate(() -> message).limit(times).toArray(ClientMessage[]::new);
    }

    static Stream<Arguments> misdeedsInEveryForm() {
        return Stream.concat(keyExchanges(), endings())
                .flatMap(misdeed -> Forms.inputs().map(forms -> Arguments.of(misdeed, forms)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("misdeedsInEveryForm")
    void isRefused(Misdeed misdeed, Forms forms) {
        // RFC 5246 7.2.2-3, 7.2.2-4, 7.4-1, 7.4.9-1, RFC 7919 4-6, 4-7, RFC 8422 5.1.2-1, 5.11-1, 5.11-2, 5.11-3
        Conversation conversation = Conversation.of(config(local(TestIdentity.RSA_2048)), misdeed.options(), forms);
        conversation.clientHelloAndAnswer();
        misdeed.act().accept(conversation);
        conversation.server().refuses(misdeed.alert());
    }
}

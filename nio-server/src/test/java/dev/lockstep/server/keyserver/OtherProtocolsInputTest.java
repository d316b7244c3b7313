package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failed;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestFiles;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Inputs that are what a TLS 1.2 server signs in every field, with the right primes and points, and at the same time what
 * another protocol signs.
 */
@Timeout(120)
class OtherProtocolsInputTest {

    private static final int RSA_SHA256 = 0x0401;
    private static final int ECDSA_SHA256 = 0x0403;

    @TempDir
    Path directory;

    private final Random random = new Random(20_261_130);
    private KeyPair rsa;
    private KeyPair ec;

    @BeforeEach
    void makeKeys() throws Exception {
        rsa = TestFiles.keys("RSA", null);
        ec = TestFiles.keys("EC", "secp256r1");
    }

    /** Collects bytes, in the forms of several protocols. */
    private static final class Bytes {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream data = new DataOutputStream(bytes);

        Bytes put(byte[] value) throws IOException {
            data.write(value);
            return this;
        }

        Bytes put(int... octets) throws IOException {
            for (int octet : octets) {
                data.writeByte(octet);
            }
            return this;
        }

        Bytes put16(int value) throws IOException {
            data.writeShort(value);
            return this;
        }

        Bytes put24(int value) throws IOException {
            return put(value >> 16, value >> 8, value);
        }

        Bytes put32(int value) throws IOException {
            data.writeInt(value);
            return this;
        }

        Bytes put64(long value) throws IOException {
            data.writeLong(value);
            return this;
        }

        Bytes ascii(String text) throws IOException {
            return put(text.getBytes(StandardCharsets.US_ASCII));
        }

        Bytes vector16(byte[] value) throws IOException {
            return put16(value.length).put(value);
        }

        /** A string or mpint of RFC 4251 5. */
        Bytes ssh(byte[] value) throws IOException {
            return put32(value.length).put(value);
        }

        Bytes ssh(String text) throws IOException {
            return ssh(text.getBytes(StandardCharsets.US_ASCII));
        }

        Bytes fill(int octet, int length) throws IOException {
            byte[] filler = new byte[length];
            Arrays.fill(filler, (byte) octet);
            return put(filler);
        }

        int length() {
            return bytes.size();
        }

        byte[] get() {
            return bytes.toByteArray();
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static Bytes dhe(Group group, byte[] y) throws IOException {
        byte[] p = FfdheParameters.pBytes(group);
        return new Bytes().vector16(p).vector16(new byte[] {2}).vector16(y);
    }

    /** A public value that ends with {@code tail} and is as long as the prime. */
    private static byte[] endingWith(byte[] tail, Group group) throws IOException {
        return new Bytes()
                .put(1)
                .fill('A', group.publicLength() - tail.length - 1)
                .put(tail)
                .get();
    }

    private byte[] randoms(byte[] params) throws IOException {
        return new Bytes().put(bytes(64)).put(params).get();
    }

    /** PROTOCOL.certkeys of OpenSSH: a certificate for root whose nonce holds the prime. */
    private byte[] sshCertificate(Group group) throws IOException {
        RSAPublicKey authority = (RSAPublicKey) rsa.getPublic();
        Bytes key = new Bytes()
                .ssh("ssh-rsa")
                .ssh(authority.getPublicExponent().toByteArray())
                .ssh(authority.getModulus().toByteArray());
        byte[] tail = new Bytes()
                .ssh(bytes(32)) // the attacker's Ed25519 key
                .put64(7)
                .put32(1) // a user's certificate
                .ssh("m")
                .ssh(new Bytes().ssh("root").get())
                .put64(0)
                .put64(-1)
                .ssh("")
                .ssh("")
                .ssh("")
                .ssh(key.get())
                .get();
        byte[] params = dhe(group, endingWith(tail, group)).get();
        Bytes certificate = new Bytes().ssh("ssh-ed25519-cert-v01@openssh.com");
        int filler = 64 - 4 - certificate.length();
        return certificate
                .put32(filler + params.length - tail.length)
                .fill(0x80, filler)
                .put(params)
                .get();
    }

    /** PROTOCOL.sshsig: the digest begins in server_random, and four bytes of it have to be found by trial. */
    private byte[] sshSignature() throws IOException {
        return new Bytes()
                .ascii("SSHSIG")
                .ssh("dns-zone")
                .ssh("")
                .ssh("sha512")
                .put32(64)
                .put(bytes(28))
                .put(3, 0, 29, 32)
                .put(bytes(32))
                .get();
    }

    /** HTML whose tags are in a comment as far as they are no text; with a signature it is S/MIME without signed attributes. */
    private static byte[] html(Group group) throws IOException {
        Bytes head = new Bytes().ascii("Content-Type: text/html\r\n\r\n<!-- ");
        head.fill('-', 64 - head.length());
        Bytes text = new Bytes().fill(' ', 100).ascii(" --><h1>Pay EUR 1,000,000 to Mallory.</h1><!-- ");
        text.fill(' ', group.publicLength() - text.length());
        return head.put(dhe(group, text.get()).get()).get();
    }

    /** A ClientHello in whose unknown extension the prime is, the messages after it in Ys: what a TLS 1.2 client signs. */
    private byte[] clientTranscript(Group group, boolean datagrams) throws IOException {
        byte[] tail =
                bytes(group.publicLength() - 1); // extensions, the server's flight, Certificate, ClientKeyExchange
        byte[] params = dhe(group, endingWith(tail, group)).get();
        Bytes before = new Bytes().put(3, 3);
        if (datagrams) {
            before = new Bytes().put(0xFE, 0xFD);
        }
        before.put(bytes(32)).put(0);
        if (datagrams) {
            before.put(0);
        }
        before.put16(4).put16(0xC02B).put16(0x00FF).put(1, 0);
        int header = datagrams ? 12 : 4;
        int filler = 64 - header - before.length() - 6;
        int extension = filler + params.length - 200;
        before.put16(4 + extension + 24).put16(0xFE77).put16(extension).fill('F', filler);
        int length = before.length() + extension - filler + 24;
        Bytes hello = new Bytes().put(1).put24(length);
        if (datagrams) {
            hello.put16(1).put24(0).put24(length);
        }
        return hello.put(before.get()).put(params).get();
    }

    /** RFC 7296 2.15: an IKE_SA_INIT message with the prime in a payload. */
    private byte[] ikeAuth(Group group) throws IOException {
        byte[] params = dhe(group, endingWith(bytes(100), group)).get();
        return new Bytes()
                .put(bytes(8))
                .put64(0)
                .put(0x21, 0x20, 0x22, 8)
                .put32(0)
                .put32(64 + params.length - 48)
                .put(bytes(36))
                .put(params)
                .get();
    }

    /** RFC 9580 5.2.4: a key of version 4 and a user ID that begins in the randoms, the trailer at the end. */
    private byte[] openPgpCertification() throws IOException {
        return new Bytes()
                .put(0x99, 0, 51, 4)
                .put32(0x65000000)
                .put(22)
                .put(bytes(45))
                .put(0xB4, 0, 0, 0, 23)
                .put(bytes(5))
                .put(3, 0, 29, 32)
                .put(bytes(14))
                .put(4, 0x10, 1, 8, 0, 6, 5, 2, 0x65, 0, 0, 0, 4, 0xFF, 0, 0, 0, 12)
                .get();
    }

    private Message sign(RawClient client, KeyPair pair, int scheme, byte[] input) throws Exception {
        return client.send(1, new Message.Sign(KeyId.of(pair.getPublic()), 0, scheme, input))
                .answer(1);
    }

    private int scheme(KeyPair pair) {
        return pair == rsa ? RSA_SHA256 : ECDSA_SHA256;
    }

    private void assertRefused(RawClient client, KeyPair pair, byte[] input) throws Exception {
        assertThat(sign(client, pair, scheme(pair), input)).isEqualTo(new Failed(Failure.REJECTED));
    }

    private void assertSigned(RawClient client, KeyPair pair, byte[] input) throws Exception {
        assertThat(sign(client, pair, scheme(pair), input)).isInstanceOf(Message.Result.class);
    }

    /** Refuses it, and signs it with other randoms: everything else in it is right. */
    private void assertRefusedForItsRandoms(RawClient client, KeyPair pair, byte[] input) throws Exception {
        assertRefused(client, pair, input);
        assertSigned(client, pair, randoms(Arrays.copyOfRange(input, 64, input.length)));
    }

    @Test
    void noneIsSignedThoughDheIsAllowed() throws Exception {
        try (InProcessKeyServer server =
                        InProcessKeyServer.serving(rsa, ec).allowingDhe().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (Group group : List.of(Group.FFDHE3072, Group.FFDHE4096)) {
                assertRefusedForItsRandoms(client, rsa, sshCertificate(group));
                assertRefusedForItsRandoms(client, rsa, html(group));
                assertRefusedForItsRandoms(client, rsa, clientTranscript(group, false));
                assertRefusedForItsRandoms(client, rsa, clientTranscript(group, true));
                assertRefusedForItsRandoms(client, rsa, ikeAuth(group));
            }
            assertRefused(client, rsa, clientTranscript(Group.FFDHE8192, false));
            for (KeyPair pair : List.of(rsa, ec)) {
                assertRefusedForItsRandoms(client, pair, sshSignature());
                assertRefusedForItsRandoms(client, pair, openPgpCertification());
                byte[] text = ("Approved: pay EUR 1,000,000 to account 4711 of Mallory. (www)\n\n\n")
                        .getBytes(StandardCharsets.US_ASCII);
                assertThat(text).hasSize(64);
                byte[] point = EphemeralKey.generate(Group.SECP256R1, new java.security.SecureRandom())
                        .publicValue();
                assertRefusedForItsRandoms(
                        client,
                        pair,
                        new Bytes().put(text).put(3, 0, 23, 65).put(point).get());
            }
        }
    }

    @Test
    void aLargeGroupIsRefusedWithAnyRandoms() throws Exception {
        try (InProcessKeyServer server =
                        InProcessKeyServer.serving(rsa).allowingDhe().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (Group group : List.of(Group.FFDHE6144, Group.FFDHE8192)) {
                assertRefused(
                        client,
                        rsa,
                        randoms(dhe(group, endingWith(bytes(9), group)).get()));
            }
            byte[] cut = bytes(250); // shorter than its prime: honest servers write leading zeros
            cut[0] = 1;
            assertRefused(client, rsa, randoms(dhe(Group.FFDHE2048, cut).get()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FFDHE2048", "FFDHE3072", "FFDHE4096"})
    void dheIsSignedWhereItIsAllowedByRsaKeysAloneAndTheLogTellsWhichOptionIsMissing(Group group) throws Exception {
        byte[] y =
                EphemeralKey.generate(group, new java.security.SecureRandom()).publicValue();
        byte[] input = randoms(dhe(group, y).get());
        try (InProcessKeyServer server = InProcessKeyServer.serving(rsa, ec).start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            assertRefused(client, rsa, input);
            assertRefused(client, ec, input);
            assertRefused(client, rsa, html(group));
        }
        List<String> log = Files.readAllLines(directory.resolve("keys.log"));
        assertThat(log).hasSize(4);
        assertThat(log.get(1)).contains("\"result\":\"refused:dhe\"");
        assertThat(log.get(2)).contains("\"result\":\"refused:policy\"");
        assertThat(log.get(3)).contains("\"result\":\"refused:policy\"");
        try (InProcessKeyServer server =
                        InProcessKeyServer.serving(rsa, ec).allowingDhe().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            assertSigned(client, rsa, input);
            assertRefused(client, ec, input);
        }
    }

    @Test
    void honestSharesOfEveryCurveAreSigned() throws Exception {
        Map<Group, Integer> curves =
                Map.of(Group.SECP256R1, 23, Group.SECP384R1, 24, Group.SECP521R1, 25, Group.X25519, 29, Group.X448, 30);
        try (InProcessKeyServer server = InProcessKeyServer.serving(rsa, ec).start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (Map.Entry<Group, Integer> curve : curves.entrySet()) {
                byte[] point = EphemeralKey.generate(curve.getKey(), new java.security.SecureRandom())
                        .publicValue();
                byte[] params = new Bytes()
                        .put(3, 0, curve.getValue(), point.length)
                        .put(point)
                        .get();
                assertSigned(client, rsa, randoms(params));
                assertSigned(client, ec, randoms(params));
            }
        }
    }

    @Test
    void nothingIsSignedOverSha1OrSha224() throws Exception {
        Map<KeyPair, List<Integer>> schemes = Map.of(rsa, List.of(0x0201, 0x0301), ec, List.of(0x0203, 0x0303));
        byte[] params = new Bytes().put(3, 0, 29, 32).put(bytes(32)).get();
        try (InProcessKeyServer server =
                        InProcessKeyServer.serving(rsa, ec).allowingDhe().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (Map.Entry<KeyPair, List<Integer>> pair : schemes.entrySet()) {
                assertSigned(client, pair.getKey(), randoms(params));
                for (int scheme : pair.getValue()) {
                    assertThat(sign(client, pair.getKey(), scheme, randoms(params)))
                            .isEqualTo(new Failed(Failure.UNSUPPORTED));
                }
            }
        }
    }

    /** The certificate of the first test has the form that it claims: its fields end where the input ends. */
    @Test
    void theSshCertificateOfThisTestIsOne() throws Exception {
        byte[] certificate = sshCertificate(Group.FFDHE3072);
        int nonce = 36 + 4 + new BigInteger(1, Arrays.copyOfRange(certificate, 36, 40)).intValueExact();
        assertThat(Arrays.copyOfRange(certificate, nonce, nonce + 4)).isEqualTo(new byte[] {0, 0, 0, 32});
        assertThat(Arrays.copyOfRange(certificate, nonce + 36, nonce + 44))
                .isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
    }
}

package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.group.FfdheParameters;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.Message.Failed;
import dev.lockstep.keys.keyserver.protocol.Message.Failure;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.RawClient;
import dev.lockstep.server.TestFiles;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of a key server obtains signatures for handshakes and premaster secrets, and nothing that serves elsewhere. */
@Timeout(300)
class SigningOracleTest {

    private static final int POLYGLOTS = 12_000;
    private static final int[] RSA_SCHEMES = {0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806};
    private static final int[] EC_SCHEMES = {0x0403, 0x0503, 0x0603};

    @TempDir
    Path directory;

    private final Random random = new Random(20_261_129);
    private KeyPair rsa;
    private KeyPair ec;

    @BeforeEach
    void makeKeys() throws Exception {
        rsa = TestFiles.keys("RSA", null);
        ec = TestFiles.keys("EC", "secp256r1");
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** An element of DER. */
    private static byte[] der(int tag, byte[]... parts) {
        byte[] contents = concat(parts);
        int n = contents.length;
        byte[] header = n < 128
                ? new byte[] {(byte) tag, (byte) n}
                : n < 256
                        ? new byte[] {(byte) tag, (byte) 0x81, (byte) n}
                        : new byte[] {(byte) tag, (byte) 0x82, (byte) (n >> 8), (byte) n};
        return concat(header, contents);
    }

    private static byte[] oid(int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return der(6, bytes);
    }

    private static final byte[] ECDSA_SHA256 = der(0x30, oid(0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2));

    private static byte[] name(String text) {
        return der(0x30, der(0x31, der(0x30, oid(0x55, 4, 3), der(12, ascii(text)))));
    }

    /** A TBSCertificate whose serial number and last extension have bytes to choose. */
    private byte[] tbsCertificate(int serial, int padding) {
        byte[] validity = der(0x30, der(23, ascii("260101000000Z")), der(23, ascii("360101000000Z")));
        byte[] junk = der(0x30, oid(0x2B, 6, 1, 4, 1, 0x82, 0x37, 0x15, 0x63), der(4, bytes(padding)));
        return der(
                0x30,
                der(0xA0, new byte[] {2, 1, 2}),
                der(2, concat(new byte[] {0x11}, bytes(serial))),
                ECDSA_SHA256,
                name("ca.example"),
                validity,
                name("evil.example"),
                rsa.getPublic().getEncoded(),
                der(0xA3, der(0x30, junk)));
    }

    /** What other protocols sign, whole and as the digests that some of them hand to a key. */
    private List<byte[]> whatOthersSign() {
        List<byte[]> corpus = new ArrayList<>();
        for (String context : List.of("TLS 1.3, server CertificateVerify", "TLS 1.3, client CertificateVerify")) {
            for (int hash : new int[] {32, 48, 64}) {
                corpus.add(concat(ascii(" ".repeat(64)), ascii(context), new byte[1], bytes(hash)));
            }
        }
        for (int padding = 8; padding < 600; padding += 37) {
            corpus.add(tbsCertificate(20, padding));
        }
        byte[] time = der(24, ascii("20261129140000Z"));
        byte[] certId = der(0x30, der(4, bytes(20)), der(4, bytes(20)), der(2, bytes(16)));
        corpus.add(
                der(0x30, der(0xA1, name("ca.example")), time, der(0x30, der(0x30, certId, der(0x80), time)))); // OCSP
        corpus.add(ascii("eyJhbGciOiJSUzI1NiJ9.eyJhZG1pbiI6dHJ1ZX0"));
        corpus.add(ascii("eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiJyb290In0".repeat(20)));
        // RFC 4252 7: session id, SSH_MSG_USERAUTH_REQUEST, user, service, method; and SSHSIG
        corpus.add(concat(
                new byte[] {0, 0, 0, 32},
                bytes(32),
                new byte[] {50},
                new byte[] {0, 0, 0, 4},
                ascii("root"),
                new byte[] {0, 0, 0, 14},
                ascii("ssh-connection"),
                new byte[] {0, 0, 0, 9},
                ascii("publickey"),
                new byte[] {1},
                bytes(300)));
        corpus.add(concat(ascii("SSHSIG"), new byte[] {0, 0, 0, 4}, ascii("file"), bytes(90)));
        // RFC 5652 5.4: the SET OF attributes of S/MIME
        byte[] contentType = der(0x30, oid(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 3), der(0x31, oid(0x2A, 3)));
        byte[] digest = der(0x30, oid(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 4), der(0x31, der(4, bytes(32))));
        corpus.add(der(0x31, contentType, digest));
        corpus.add(ascii("Content-Type: text/plain\r\n\r\n" + "pay 100 to the bearer ".repeat(20)));
        for (int digestLength : new int[] {20, 28, 32, 36, 48, 64}) {
            corpus.add(bytes(digestLength));
        }
        return corpus;
    }

    private byte[] pointOf(int group, boolean onCurve) {
        NistCurve curve =
                List.of(NistCurve.P256, NistCurve.P384, NistCurve.P521).get(group - 23);
        byte[] point = curve.domain()
                .getG()
                .multiply(BigInteger.valueOf(1 + random.nextInt(1 << 30)))
                .getEncoded(false);
        if (!onCurve) {
            random.nextBytes(point);
            point[0] = 4;
        }
        return point;
    }

    /** Lays the params of a ServerKeyExchange over what another protocol signs, so that lengths add up wherever they can. */
    private byte[] polyglot() {
        byte[] base =
                switch (random.nextInt(4)) {
                    case 0 -> tbsCertificate(60 + random.nextInt(60), 8 + random.nextInt(1_500));
                    case 1 -> der(0x30, der(2, bytes(62 + random.nextInt(20))), der(4, bytes(random.nextInt(700))));
                    case 2 -> concat(ascii(" ".repeat(64)), ascii("TLS 1.3, server CertificateVerify"), bytes(600));
                    default -> concat(ascii("eyJhbGciOiJSUzI1NiJ9."), bytes(64 + random.nextInt(1_000)));
                };
        return switch (random.nextInt(5)) {
            case 0 -> overlaid(base, dhe(bytes(128 + random.nextInt(200)), new byte[] {2}));
            case 1 -> overlaid(base, dhe(FfdheParameters.pBytes(Group.FFDHE2048), bytes(1 + random.nextInt(3))));
            case 2 -> overlaid(base, ecdhe(23 + random.nextInt(3), false));
            case 3 -> structure(ecdhe(23 + random.nextInt(3), true));
            default -> structure(concat(new byte[] {3, 0, 29, 32}, bytes(32)));
        };
    }

    /** ServerDHParams whose prime has the right form and is not that of a group, or whose generator is not 2. */
    private byte[] dhe(byte[] p, byte[] g) {
        p[0] |= (byte) 0x80;
        p[p.length - 1] |= 1;
        if (g.length == 1 && p.length == 256 && g[0] == 2) {
            p[9] ^= 1;
        }
        byte[] y = bytes(1 + random.nextInt(p.length - 1));
        ByteBuffer params = ByteBuffer.allocate(6 + p.length + g.length + y.length);
        for (byte[] value : new byte[][] {p, g, y}) {
            params.putShort((short) value.length).put(value);
        }
        return params.array();
    }

    private byte[] ecdhe(int group, boolean onCurve) {
        byte[] point = pointOf(group, onCurve);
        return concat(new byte[] {3, 0, (byte) group, (byte) point.length}, point);
    }

    private static byte[] overlaid(byte[] base, byte[] params) {
        return concat(Arrays.copyOf(base, 64), params);
    }

    /** A right input in all but one thing: as a whole it is one structure of DER, its free bytes in OCTET STRINGs. */
    private byte[] structure(byte[] params) {
        byte[] input = concat(bytes(64), params);
        int rest = input.length - 2;
        int at = 2;
        input[0] = (byte) (random.nextBoolean() ? 0x30 : 0x31);
        if (rest < 128) {
            input[1] = (byte) rest;
        } else {
            input[1] = (byte) 0x81;
            input[2] = (byte) (rest - 1);
            at = 3;
        }
        int first = 2 + random.nextInt(40);
        input[at] = 2; // an INTEGER, and an OCTET STRING around all that follows
        input[at + 1] = (byte) first;
        at += 2 + first;
        int left = input.length - at - 2;
        input[at] = 4;
        input[at + 1] = (byte) left;
        if (left > 127) {
            input[at + 1] = (byte) 0x81;
            input[at + 2] = (byte) (left - 1);
        }
        return input;
    }

    @Test
    void nothingThatAnotherProtocolSignsObtainsASignature() throws Exception {
        List<byte[]> inputs = new ArrayList<>(whatOthersSign());
        for (int i = 0; i < POLYGLOTS; i++) {
            inputs.add(polyglot());
        }
        try (InProcessKeyServer server =
                        InProcessKeyServer.serving(rsa, ec).allowingDhe().start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            long id = 0;
            for (byte[] input : inputs) {
                for (KeyPair pair : List.of(rsa, ec)) {
                    int[] schemes = pair == rsa ? RSA_SCHEMES : EC_SCHEMES;
                    int scheme = schemes[random.nextInt(schemes.length)];
                    Message.Sign sign = new Message.Sign(KeyId.of(pair.getPublic()), 0, scheme, input);
                    assertThat(client.send(++id, sign).answer(id)).isEqualTo(new Failed(Failure.REJECTED));
                }
            }
        }
    }

    /** An encoded signature, made with a key of 1 as exponent would be: what the raw private operation would sign. */
    private List<byte[]> signatureBlocks() throws Exception {
        List<byte[]> blocks = new ArrayList<>();
        byte[] digestInfo = der(0x30, der(0x30, oid(0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1), der(5)), der(4, bytes(32)));
        byte[] pkcs1 = new byte[256];
        Arrays.fill(pkcs1, (byte) 0xFF);
        pkcs1[0] = 0;
        pkcs1[1] = 1;
        pkcs1[255 - digestInfo.length] = 0;
        System.arraycopy(digestInfo, 0, pkcs1, 256 - digestInfo.length, digestInfo.length);
        blocks.add(pkcs1);
        for (int i = 0; i < 50; i++) {
            // The signature of a key that is no key gives the encoded block back under its public half.
            KeyPair other = i == 0 ? TestFiles.keys("RSA", null) : null;
            byte[] block = other == null ? bytes(256) : pssBlock(other);
            block[0] &= 0x7F;
            blocks.add(block);
        }
        return blocks;
    }

    private static byte[] pssBlock(KeyPair other) throws Exception {
        PSSSigner signer = new PSSSigner(new RSABlindedEngine(), new SHA256Digest(), 32);
        signer.init(
                true,
                org.bouncycastle.crypto.util.PrivateKeyFactory.createKey(
                        other.getPrivate().getEncoded()));
        signer.update(new byte[32], 0, 32);
        RSAEngine engine = new RSAEngine();
        engine.init(true, PublicKeyFactory.createKey(other.getPublic().getEncoded()));
        byte[] signature = signer.generateSignature();
        byte[] opened = engine.processBlock(signature, 0, signature.length);
        byte[] block = new byte[256];
        System.arraycopy(opened, 0, block, 256 - opened.length, opened.length);
        return block;
    }

    private byte[] raw(byte[] block) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, rsa.getPublic());
        return cipher.doFinal(block);
    }

    private byte[] pkcs1Encrypted(byte[] plain) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, rsa.getPublic());
        return cipher.doFinal(plain);
    }

    private byte[] oaep(byte[] plain) throws Exception {
        OAEPEncoding oaep = new OAEPEncoding(new RSAEngine(), new SHA256Digest());
        oaep.init(
                true,
                new ParametersWithRandom(
                        PublicKeyFactory.createKey(rsa.getPublic().getEncoded())));
        return oaep.processBlock(plain, 0, plain.length);
    }

    @Test
    void nothingIsDecryptedBeyondAPremasterSecretAndNoBlockBecomesASignature() throws Exception {
        BigInteger modulus = ((java.security.interfaces.RSAPublicKey) rsa.getPublic()).getModulus();
        BigInteger exponent = ((java.security.interfaces.RSAPublicKey) rsa.getPublic()).getPublicExponent();
        List<byte[]> ciphertexts = new ArrayList<>(signatureBlocks());
        List<byte[]> plains = new ArrayList<>();
        for (int length : new int[] {1, 16, 24, 32, 46, 47, 48, 49, 64, 128}) {
            byte[] plain = bytes(length);
            plain[0] = 7; // content keys and messages, which have no version of TLS in front
            plains.add(plain);
            ciphertexts.add(pkcs1Encrypted(plain));
            if (length <= 128) {
                ciphertexts.add(oaep(plain));
            }
        }
        ciphertexts.add(raw(concat(new byte[208], bytes(48))));
        KeyId id = KeyId.of(rsa.getPublic());
        try (InProcessKeyServer server = InProcessKeyServer.serving(rsa).start(directory);
                RawClient client = RawClient.greeted(server.socket)) {
            for (byte[] ciphertext : ciphertexts) {
                Message answer =
                        client.send(1, new Message.Decrypt(id, 0, ciphertext)).answer(1);
                byte[] answered = ((Message.Result) answer).octets().bytes();
                assertThat(answered).hasSize(48).startsWith(3, 3);
                for (byte[] plain : plains) {
                    assertThat(answered).isNotEqualTo(plain);
                }
                // c^d is a root of c: what came back is not even the end of it.
                assertThat(new BigInteger(1, answered).modPow(exponent, modulus))
                        .isNotEqualTo(new BigInteger(1, ciphertext));
            }
            byte[] secret = concat(new byte[] {3, 3}, bytes(46));
            Message answer = client.send(2, new Message.Decrypt(id, 0, pkcs1Encrypted(secret)))
                    .answer(2);
            assertThat(((Message.Result) answer).octets().bytes()).isEqualTo(secret);
        }
    }
}

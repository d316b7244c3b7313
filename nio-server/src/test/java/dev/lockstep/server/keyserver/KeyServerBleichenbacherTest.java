package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.KeyServerLoop;
import dev.lockstep.server.MemoryHandshake;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Malformed premaster secrets decrypted in a key server, by both kinds of tokens: steps, records,
 * alert, key operations and log lines are those of a good secret that is somebody else's.
 *
 * <p>The client is an honest one; its ciphertext is exchanged for a prepared one on the way to the key server.
 */
@Timeout(120)
class KeyServerBleichenbacherTest {

    private static final int MODULUS = 256;

    static {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    @TempDir
    Path directory;

    private final AtomicInteger used = new AtomicInteger();

    /** Everything in a premaster secret, or around it, that can be wrong. */
    private enum Premaster {
        OF_SOMEBODY_ELSE,
        CORRUPT,
        TOO_LONG,
        TOO_SHORT,
        EMPTY,
        WRONG_MAJOR_VERSION,
        WRONG_MINOR_VERSION,
        WRONG_BLOCK_TYPE,
        WRONG_LEADING_BYTE,
        NO_ZERO,
        ZERO_IN_THE_PADDING,
        ALL_ZERO;

        byte[] block() {
            byte[] secret = random(48, 1);
            secret[0] = 3;
            secret[1] = 3;
            byte[] right = padded(secret);
            return switch (this) {
                case OF_SOMEBODY_ELSE -> right;
                case CORRUPT -> with(random(MODULUS, 2), 0, 0x11);
                case TOO_LONG -> padded(Arrays.copyOf(secret, 49));
                case TOO_SHORT -> padded(Arrays.copyOf(secret, 47));
                case EMPTY -> padded(new byte[0]);
                case WRONG_MAJOR_VERSION -> padded(with(secret, 0, 2));
                case WRONG_MINOR_VERSION -> padded(with(secret, 1, 1));
                case WRONG_BLOCK_TYPE -> with(right, 1, 1);
                case WRONG_LEADING_BYTE -> with(right, 0, 1);
                case NO_ZERO -> noZero(right);
                case ZERO_IN_THE_PADDING -> with(right, 5, 0);
                case ALL_ZERO -> new byte[MODULUS];
            };
        }

        private static byte[] padded(byte[] secret) {
            byte[] block = new byte[MODULUS];
            Arrays.fill(block, 2, MODULUS, (byte) 0x5a);
            block[1] = 2;
            block[MODULUS - secret.length - 1] = 0;
            System.arraycopy(secret, 0, block, MODULUS - secret.length, secret.length);
            return block;
        }

        private static byte[] noZero(byte[] block) {
            for (int i = 2; i < block.length; i++) {
                block[i] |= 1;
            }
            return block;
        }

        private static byte[] with(byte[] bytes, int index, int value) {
            byte[] changed = bytes.clone();
            changed[index] = (byte) value;
            return changed;
        }

        private static byte[] random(int length, long seed) {
            byte[] bytes = new byte[length];
            new Random(seed).nextBytes(bytes);
            return bytes;
        }
    }

    /** What shows outside, what the key was asked and what the log says of it. */
    private record Observation(
            int suspensions,
            List<Integer> flights,
            AlertDescription alert,
            String clientFailure,
            int uses,
            String logged) {}

    /** A token that unpads by itself, and says so when it cannot. */
    private record Unpadding(BlockingKey key) implements BlockingKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return key.signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return true;
        }

        @Override
        public byte[] sign(SignRequest request) throws Exception {
            return key.sign(request);
        }

        @Override
        public byte[] decrypt(DecryptRequest request) throws Exception {
            byte[] block = key.decrypt(request);
            int zero = 2;
            while (zero < block.length && block[zero] != 0) {
                zero++;
            }
            if (block[0] != 0 || block[1] != 2 || zero < 10 || zero == block.length) {
                throw new BadPaddingException("an oracle, were it told");
            }
            return Arrays.copyOfRange(block, zero + 1, block.length);
        }
    }

    /** Hands another ciphertext on than the one it gets. */
    private record Exchanging(ExternalPrivateKey key, byte[] ciphertext) implements ExternalPrivateKey {

        @Override
        public boolean canDecrypt() {
            return key.canDecrypt();
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
            return key.startDecrypt(
                    new DecryptRequest(ciphertext, request.chain(), request.serverName(), request.deadlineNanos()),
                    waker);
        }
    }

    @ParameterizedTest(name = "the token unpads by itself: {0}")
    @ValueSource(booleans = {false, true})
    void everyDefectLooksLikeTheSecretOfAnotherHandshake(boolean unpads) throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair rsa = ca.rsa();
        X509Certificate certificate = ca.issueForLocalhost(rsa);
        SSLContext trusting = KeyServerLoop.trusting(ca.certificate());
        InProcessKeyServer.Setup setup = new InProcessKeyServer.Setup()
                .with(rsa, key -> InProcessKeyServer.counting(used).apply(unpads ? new Unpadding(key) : key));
        try (InProcessKeyServer server = setup.start(directory);
                Selector selector = Selector.open();
                KeyServerKeys keys = KeyServerKeys.unix(server.socket)
                        .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                        .build()) {
            keys.register(selector);
            Observation expected = null;
            for (Premaster premaster : Premaster.values()) {
                ExternalPrivateKey key = new Exchanging(keys.key(certificate), encrypt(rsa, premaster.block()));
                TlsServerConfig config = TlsServerConfig.builder()
                        .policy(Policy.COMPATIBLE)
                        .credential(Credential.external(List.of(certificate), key))
                        .build();
                Observation seen = observe(
                        new MemoryHandshake(config, trusting, "TLS_RSA_WITH_AES_128_CBC_SHA256"), selector, keys);
                if (expected == null) {
                    expected = seen;
                    assertThat(seen.alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
                    assertThat(seen.suspensions()).isEqualTo(1);
                    assertThat(seen.uses()).isEqualTo(1);
                }
                assertThat(seen).as(premaster.name()).isEqualTo(expected);
            }
        }
    }

    private Observation observe(MemoryHandshake handshake, Selector selector, KeyServerKeys keys) throws Exception {
        int before = used.get();
        AtomicBoolean woken = new AtomicBoolean();
        handshake.wake = () -> woken.set(true);
        handshake.advance();
        assertThat(handshake.suspended).isTrue();
        while (!woken.get()) {
            selector.select(key -> ((SelectorDriven) key.attachment()).onReady(key), 10);
            keys.tick(System.nanoTime());
        }
        handshake.advance();
        List<String> log = Files.readAllLines(directory.resolve("keys.log"));
        String last = log.get(log.size() - 1);
        return new Observation(
                handshake.suspensions,
                handshake.flights,
                handshake.serverFailure.alert(),
                handshake.clientFailure.getMessage(),
                used.get() - before,
                last.replaceAll(".*\"result\":\"([^\"]*)\".*", "$1"));
    }

    private static byte[] encrypt(KeyPair pair, byte[] block) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
        return cipher.doFinal(block);
    }
}

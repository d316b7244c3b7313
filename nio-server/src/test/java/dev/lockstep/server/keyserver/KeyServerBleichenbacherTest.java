package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.keys.BlockingKey;
import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.server.InProcessKeyServer;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.answer.ExchangedCiphertext;
import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.BadPaddingException;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Malformed premaster secrets decrypted in a key server, by both kinds of tokens: steps, records,
 * alert, key operations and log lines are those of a good secret of another handshake.
 *
 * <p>The client is an honest one, and does not know what is in the block; its ciphertext is exchanged for a prepared one on the way to the key server.
 */
@Timeout(120)
class KeyServerBleichenbacherTest {

    private static final int CLIENT_VERSION = 0x0303;

    @TempDir
    Path directory;

    private final AtomicInteger used = new AtomicInteger();

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

    @ParameterizedTest(name = "the token unpads by itself: {0}")
    @ValueSource(booleans = {false, true})
    void everyDefectLooksLikeTheSecretOfAnotherHandshake(boolean unpads) throws Exception {
        ThrowawayCa ca = new ThrowawayCa(Instant.now());
        KeyPair rsa = ca.rsa();
        X509Certificate certificate = ca.issueForLocalhost(rsa);
        SSLContext trusting = JdkClient.contextThatTrusts(ca.certificate());
        InProcessKeyServer.Setup setup = new InProcessKeyServer.Setup()
                .with(rsa, key -> InProcessKeyServer.counting(used).apply(unpads ? new Unpadding(key) : key));
        try (InProcessKeyServer server = setup.start(directory);
                Selector selector = Selector.open();
                KeyServerKeys keys = KeyServerKeys.unix(server.socket)
                        .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                        .build()) {
            keys.register(selector);
            Observation expected = null;
            for (PremasterBlock premaster : PremasterBlock.values()) {
                ExternalPrivateKey key = new ExchangedCiphertext(
                        keys.key(certificate), premaster.encrypted(CLIENT_VERSION, (RSAPublicKey) rsa.getPublic()));
                TlsServerConfig config = TlsServerConfig.builder()
                        .policy(Policy.COMPATIBLE)
                        .credential(Credential.external(List.of(certificate), key))
                        .build();
                Observation seen = observe(
                        JdkConversation.of(config, trusting, "TLS_RSA_WITH_AES_128_CBC_SHA256"), selector, keys);
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

    private Observation observe(JdkConversation handshake, Selector selector, KeyServerKeys keys) throws Exception {
        int before = used.get();
        AtomicBoolean woken = new AtomicBoolean();
        handshake.server().onWake(() -> woken.set(true));
        handshake.advances();
        assertThat(handshake.isSuspended()).isTrue();
        while (!woken.get()) {
            selector.select(key -> ((SelectorDriven) key.attachment()).onReady(key), 10);
            keys.tick(System.nanoTime());
        }
        handshake.advances();
        List<String> log = Files.readAllLines(directory.resolve("keys.log"));
        String last = log.get(log.size() - 1);
        return new Observation(
                handshake.server().suspensions(),
                handshake.server().flights(),
                handshake.server().failure().alert(),
                handshake.client().failure().getMessage(),
                used.get() - before,
                last.replaceAll(".*\"result\":\"([^\"]*)\".*", "$1"));
    }
}

package dev.lockstep.keys.pkcs11;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.rsa.RsaPremaster;
import dev.lockstep.keys.BlockingKey;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in a SoftHSM token, every call counted by pkcs11-spy between the JVM and the token. */
@Timeout(120)
class Pkcs11KeysTest {

    private static final String RAW_RSA = "CKM_RSA_X_509";

    private static SoftHsm token;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeToken() throws Exception {
        token = SoftHsm.get();
    }

    private static Pkcs11Keys.Builder builder() {
        return Pkcs11Keys.builder(SoftHsm.LIBRARY).pin(SoftHsm.PIN::toCharArray);
    }

    private static JdkConversation talk(Pkcs11Keys keys, String keyType, String suite) throws Exception {
        return JdkConversation.of(keys.credential(token.chain(keyType)), suite).run();
    }

    private static void assertWorks(JdkConversation talk) {
        assertThat(talk.server().failure()).isNull();
        assertThat(talk.client().failure()).isNull();
        assertThat(talk.echoed()).isTrue();
        assertThat(talk.server().suspensions()).isPositive();
    }

    @ParameterizedTest(name = "{1} without {2}")
    @CsvSource({
        "EC,  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ",
        "RSA, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,   ",
        "RSA, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,   CKM_RSA_PKCS",
        "RSA, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,     CKM_RSA_PKCS_PSS",
    })
    void aHandshakeWithASignatureTakesOneKeyOperationInTheToken(String keyType, String suite, String without)
            throws Exception {
        Pkcs11Keys.Builder builder = without == null ? builder() : builder().withoutMechanism(without);
        try (Pkcs11Keys keys = builder.open()) {
            long signed = token.signatures();
            long decrypted = token.decryptions();

            assertWorks(talk(keys, keyType, suite));

            assertThat(token.signatures() - signed).isEqualTo(1);
            assertThat(token.decryptions() - decrypted).isZero();
        }
    }

    @ParameterizedTest(name = "without {0}")
    @ValueSource(strings = {"nothing", RAW_RSA})
    void aHandshakeWithRsaKeyExchangeTakesOneKeyOperationInTheToken(String without) throws Exception {
        Pkcs11Keys.Builder builder = without.equals(RAW_RSA) ? builder().withoutMechanism(RAW_RSA) : builder();
        try (Pkcs11Keys keys = builder.open()) {
            long signed = token.signatures();
            long decrypted = token.decryptions();

            assertWorks(talk(keys, "RSA", "TLS_RSA_WITH_AES_128_GCM_SHA256"));

            assertThat(token.decryptions() - decrypted).isEqualTo(1);
            assertThat(token.signatures() - signed).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void everySchemeThatItClaimsGivesASignatureThatTheCertificateVerifies(String keyType) throws Exception {
        try (Pkcs11Keys keys = builder().open()) {
            Credential credential = keys.credential(token.chain(keyType));
            assertThat(credential.signatureSchemes()).hasSize(keyType.equals("RSA") ? 8 : 5);
            for (SignatureScheme scheme : credential.signatureSchemes()) {
                SignRequest request = sign(keyType, scheme);
                byte[] signature = keys.blockingKey(credential.certificate()).sign(request);
                assertThat(credential.verifies(scheme, request.message(), signature))
                        .as(scheme.name())
                        .isTrue();
            }
        }
    }

    @Test
    void withoutPkcs1InTheTokenItHashesAndSignsThere() throws Exception {
        try (Pkcs11Keys keys = builder()
                .withoutMechanism("CKM_RSA_PKCS")
                .withoutMechanism("CKM_RSA_PKCS_PSS")
                .open()) {
            Credential credential = keys.credential(token.chain("RSA"));
            SignRequest request = sign("RSA", SignatureScheme.RSA_PKCS1_SHA384);
            byte[] signature = keys.blockingKey(token.rsa).sign(request);
            assertThat(credential.verifies(request.scheme(), request.message(), signature))
                    .isTrue();
            assertThat(credential.signatureSchemes()).isNotEmpty().noneMatch(scheme -> scheme.family()
                    .isPss());
            assertThat(credential.canDecrypt()).isTrue();
        }
    }

    @Test
    void rawDecryptionGivesTheBlockWhateverItsPadding() throws Exception {
        try (Pkcs11Keys keys = builder().open()) {
            byte[] premaster = HexFormat.of().parseHex("0303" + "5a".repeat(46));
            byte[] block = keys.blockingKey(token.rsa).decrypt(encrypted("RSA/ECB/PKCS1Padding", premaster));
            assertThat(block).hasSize(256);
            assertThat(RsaPremaster.unpad(block, 0x0303, new byte[48])).isEqualTo(premaster);

            byte[] wrong = new byte[256];
            Arrays.fill(wrong, 1, 256, (byte) 7);
            assertThat(keys.blockingKey(token.rsa).decrypt(encrypted("RSA/ECB/NoPadding", wrong)))
                    .isEqualTo(wrong);
        }
    }

    @Test
    void badPaddingOnATokenWithoutRawRsaFailsTheOperationAndNothingElse() throws Exception {
        try (Pkcs11Keys keys = builder().withoutMechanism(RAW_RSA).open()) {
            BlockingKey key = keys.blockingKey(token.rsa);
            byte[] premaster = HexFormat.of().parseHex("0303" + "5a".repeat(46));
            assertThat(key.decrypt(encrypted("RSA/ECB/PKCS1Padding", premaster)))
                    .isEqualTo(premaster);
            byte[] wrong = new byte[256];
            Arrays.fill(wrong, 1, 256, (byte) 7);
            long logins = token.calls("C_Login");
            long decrypted = token.decryptions();

            assertThatThrownBy(() -> key.decrypt(encrypted("RSA/ECB/NoPadding", wrong)))
                    .isNotInstanceOf(OperationException.class);

            assertThat(token.calls("C_Login") - logins).isZero();
            assertThat(token.decryptions() - decrypted).isEqualTo(1);
            assertThat(key.decrypt(encrypted("RSA/ECB/PKCS1Padding", premaster)))
                    .isEqualTo(premaster);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EC,  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "RSA, TLS_RSA_WITH_AES_128_GCM_SHA256",
    })
    void aLostLoginIsRepeatedByTheOperationThatNoticesIt(String keyType, String suite) throws Exception {
        try (Pkcs11Keys keys = builder().open()) {
            assertWorks(talk(keys, keyType, suite));
            builder().open().close(); // logs the whole process out of the token
            long logins = token.calls("C_Login");

            assertWorks(talk(keys, keyType, suite));
            assertWorks(talk(keys, keyType, suite));

            assertThat(token.calls("C_Login") - logins).isEqualTo(1);
        }
    }

    @Test
    void aLoginThatFailsIsTriedAgainAfterAPauseAndServesWithinTwoSeconds() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicBoolean away = new AtomicBoolean();
        String suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        try (Pkcs11Keys keys = Pkcs11Keys.builder(SoftHsm.LIBRARY)
                .pin(() -> {
                    asked.incrementAndGet();
                    if (away.get()) {
                        throw new IllegalStateException("the vault is sealed");
                    }
                    return SoftHsm.PIN.toCharArray();
                })
                .open()) {
            away.set(true);
            builder().open().close();
            long started = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                JdkConversation lost = talk(keys, "EC", suite);
                assertThat(lost.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
                assertThat(lost.server().failure()).hasRootCauseMessage("the vault is sealed");
            }
            // Once for opening, once for the loss, and then one more for each pause that has passed.
            long pauses = (System.nanoTime() - started) / 250_000_000;
            assertThat(asked.get()).isBetween(2, 2 + (int) pauses);

            away.set(false);
            long back = System.nanoTime();
            JdkConversation talk = talk(keys, "EC", suite);
            while (talk.server().failure() != null) {
                assertThat(System.nanoTime() - back).isLessThan(2_000_000_000L);
                talk = talk(keys, "EC", suite);
            }
            assertWorks(talk);
        }
    }

    @Test
    void operationsThatFindTheLoginLostTogetherShareOneNewLogin() throws Exception {
        try (Pkcs11Keys keys = builder().concurrency(8).open()) {
            builder().open().close();
            long logins = token.calls("C_Login");

            List<byte[]> signatures = finish(start(keys, 40, Reason.TIMED_OUT));

            assertThat(signatures).hasSize(40);
            Credential credential = keys.credential(token.chain("RSA"));
            SignRequest request = sign("RSA", SignatureScheme.RSA_PKCS1_SHA256);
            assertThat(signatures).allMatch(s -> credential.verifies(request.scheme(), request.message(), s));
            assertThat(token.calls("C_Login") - logins).isEqualTo(1);
        }
    }

    @Test
    void aPinThatWasRefusedIsNotSentAgain() throws Exception {
        String[] pin = {SoftHsm.PIN};
        try (Pkcs11Keys keys = Pkcs11Keys.builder(SoftHsm.LIBRARY)
                .pin(() -> pin[0].toCharArray())
                .open()) {
            BlockingKey key = keys.blockingKey(token.ec);
            SignRequest request = sign("EC", SignatureScheme.ECDSA_SECP256R1_SHA256);
            assertThat(key.sign(request)).isNotEmpty();
            builder().open().close();
            pin[0] = "9999";
            long logins = token.calls("C_Login");

            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> key.sign(request))
                        .isInstanceOf(OperationException.class)
                        .hasMessageContaining("PIN")
                        .hasMessageNotContaining("9999")
                        .extracting(e -> ((OperationException) e).reason())
                        .isEqualTo(Reason.REJECTED);
            }

            assertThat(token.calls("C_Login") - logins).isEqualTo(1);
        }
    }

    @Test
    void aFailedLoginIsAnInternalErrorForASignatureAndMaskedForADecryption() throws Exception {
        String[] pin = {SoftHsm.PIN};
        try (Pkcs11Keys keys = Pkcs11Keys.builder(SoftHsm.LIBRARY)
                .pin(() -> pin[0].toCharArray())
                .open()) {
            builder().open().close();
            pin[0] = "9999";

            JdkConversation sign = talk(keys, "EC", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            assertThat(sign.server().failure().alert()).isEqualTo(AlertDescription.INTERNAL_ERROR);
            JdkConversation decrypt = talk(keys, "RSA", "TLS_RSA_WITH_AES_128_GCM_SHA256");
            assertThat(decrypt.server().failure().alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
            assertThat(decrypt.client().failure()).hasMessageContaining("bad_record_mac");
        }
    }

    @Test
    void operationsForWhichThereIsNoRoomAreRejectedAndTheOthersDone() throws Exception {
        try (Pkcs11Keys keys = builder().concurrency(1).queue(2).open()) {
            List<PendingOperation<byte[]>> accepted = start(keys, 200, Reason.REJECTED);
            assertThat(accepted).hasSizeBetween(3, 199);
            assertThat(finish(accepted)).hasSameSizeAs(accepted);
        }
    }

    @Test
    void aClosedTokenTakesNoMoreOperations() throws Exception {
        Pkcs11Keys keys = builder().open();
        BlockingKey blocking = keys.blockingKey(token.rsa);
        var key = keys.key(token.rsa);
        keys.close();
        SignRequest request = sign("RSA", SignatureScheme.RSA_PKCS1_SHA256);
        assertThat(key.startSign(request, () -> {})).isInstanceOf(Start.Failed.class);
        assertThatThrownBy(() -> blocking.sign(request)).hasMessageContaining("closed");
    }

    @Test
    void thePinComesFromAFileTheEnvironmentOrASupplierAndIsWiped() throws Exception {
        Path file = Files.writeString(directory.resolve("pin"), SoftHsm.PIN + "\n");
        char[] supplied = SoftHsm.PIN.toCharArray();
        for (Pkcs11Keys.Builder builder : List.of(
                Pkcs11Keys.builder(SoftHsm.LIBRARY).pinFile(file),
                Pkcs11Keys.builder(SoftHsm.LIBRARY).pinEnvironment("LOCKSTEP_TEST_PIN"),
                Pkcs11Keys.builder(SoftHsm.LIBRARY).pin(() -> supplied))) {
            try (Pkcs11Keys keys = builder.open()) {
                assertThat(keys.certificates()).containsExactlyInAnyOrder(token.rsa, token.ec);
                assertThat(keys.blockingKey(token.ec).sign(sign("EC", SignatureScheme.ECDSA_SECP256R1_SHA256)))
                        .isNotEmpty();
            }
        }
        assertThat(supplied).containsOnly('\0');
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertThatThrownBy(() -> Pkcs11Keys.builder(SoftHsm.LIBRARY).open()).hasMessageContaining("pinFile");
        assertThatThrownBy(() -> Pkcs11Keys.builder(SoftHsm.LIBRARY)
                        .pinFile(directory.resolve("absent"))
                        .open())
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> Pkcs11Keys.builder(SoftHsm.LIBRARY)
                        .pinEnvironment("LOCKSTEP_TEST_NOTHING")
                        .open())
                .hasMessageContaining("LOCKSTEP_TEST_NOTHING");
        assertThatThrownBy(() -> builder().slotListIndex(99).open())
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("slot");
        assertThatThrownBy(() -> Pkcs11Keys.builder(directory.resolve("absent.so"))
                        .pin(SoftHsm.PIN::toCharArray)
                        .open())
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("library");
        assertThatThrownBy(() -> Pkcs11Keys.builder(Path.of("relative.so"))).hasMessageContaining("absolute");
        try (Pkcs11Keys keys = builder().open()) {
            X509Certificate stranger = TestIdentity.RSA_2048.certificate();
            assertThatThrownBy(() -> keys.key(stranger))
                    .isInstanceOf(OperationException.class)
                    .hasMessageContaining("CN=rsa-2048.example.org")
                    .hasMessageContaining("CKA_ID");
        }
    }

    private static SignRequest sign(String keyType, SignatureScheme scheme) {
        byte[] message = new byte[133];
        Arrays.fill(message, (byte) 3);
        return new SignRequest(scheme, message, token.chain(keyType), null, OptionalLong.empty());
    }

    private static DecryptRequest encrypted(String transformation, byte[] plain) throws Exception {
        Cipher cipher = Cipher.getInstance(transformation);
        cipher.init(Cipher.ENCRYPT_MODE, token.rsa.getPublicKey(), new SecureRandom());
        return new DecryptRequest(cipher.doFinal(plain), token.chain("RSA"), null, OptionalLong.empty());
    }

    /** Starts so many signatures at once; those that fail to start fail for {@code tolerated}. */
    private static List<PendingOperation<byte[]>> start(Pkcs11Keys keys, int count, Reason tolerated) throws Exception {
        var key = keys.key(token.rsa);
        List<PendingOperation<byte[]>> accepted = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Start<byte[]> start = key.startSign(sign("RSA", SignatureScheme.RSA_PKCS1_SHA256), () -> {});
            if (start instanceof Start.InProgress<byte[]> started) {
                accepted.add(started.operation());
            } else {
                assertThat(((OperationException) ((Start.Failed<byte[]>) start).cause()).reason())
                        .isEqualTo(tolerated);
            }
        }
        return accepted;
    }

    private static List<byte[]> finish(List<PendingOperation<byte[]>> operations) throws Exception {
        List<byte[]> signatures = new ArrayList<>();
        for (PendingOperation<byte[]> operation : operations) {
            Progress<byte[]> progress = operation.resume();
            while (progress instanceof Progress.InProgress<byte[]>) {
                Thread.onSpinWait();
                progress = operation.resume();
            }
            assertThat(progress).isInstanceOf(Progress.Done.class);
            signatures.add(((Progress.Done<byte[]>) progress).value());
        }
        return signatures;
    }
}

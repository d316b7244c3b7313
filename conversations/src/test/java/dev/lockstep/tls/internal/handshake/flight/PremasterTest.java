package dev.lockstep.tls.internal.handshake.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.handshake.phase.KeyShare;
import dev.lockstep.tls.internal.message.EcdheClientKeyExchange;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.KeyBlock;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.lang.reflect.Proxy;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a secret on its way to the premaster secret: what takes its place, what is kept, and what is wiped. */
class PremasterTest {

    private static final HelloRandom ZEROS = new HelloRandom(new byte[HelloRandom.LENGTH]);
    private static final CipherSuite DECRYPTING = CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA;
    private static final CipherSuite PSK = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
    private static final int TLS_1_2 = 0x0303;
    private static final int MODULUS = 256;
    private static final int SECRET = 48;

    private final List<Throwable> reported = new ArrayList<>();
    private final List<Object[]> told = new ArrayList<>();
    private RuntimeException outputFailure;
    private final RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).withoutConnection();

    private Handshake handshake(TlsServerConfigBuilder builder, CipherSuite suite, Credential credential) {
        TlsServerConfig config = builder.observer(new ConnectionObserver() {
                    @Override
                    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                        reported.add(cause);
                    }
                })
                .build();
        HandshakeOutput output = (HandshakeOutput) Proxy.newProxyInstance(
                HandshakeOutput.class.getClassLoader(),
                new Class<?>[] {HandshakeOutput.class},
                (proxy, method, args) -> {
                    told.add(args);
                    if (outputFailure != null) {
                        throw outputFailure;
                    }
                    return null;
                });
        Handshake handshake = new Handshake(config, output, new History(config));
        Agreement.Builder agreement = new Agreement.Builder(suite, ZEROS, ZEROS);
        agreement.credential = credential;
        handshake.agreement.set(agreement.build());
        handshake.clientVersion.set(TLS_1_2);
        return handshake;
    }

    private Handshake decrypting(int ciphertextLength) {
        Credential credential = key.credential();
        Handshake handshake = handshake(TestServers.builder(credential), DECRYPTING, credential);
        handshake.keys.ciphertext.set(Bytes.ascending(ciphertextLength));
        return handshake;
    }

    /** A source of a key and of how long stand-ins are. */
    private static PskSource source(int standInLength) {
        return new PskSource() {
            @Override
            public Start<Optional<byte[]>> start(PskRequest request, Waker waker) {
                return Start.done(Optional.of(request.identity().bytes()));
            }

            @Override
            public int standInLength() {
                return standInLength;
            }
        };
    }

    private Handshake withPsk(int standInLength) {
        TlsServerConfigBuilder builder = TlsServerConfig.builder().preSharedKeys(source(standInLength));
        Handshake handshake = handshake(builder, PSK, null);
        handshake.keys.pskIdentity.set(PskIdentity.of("client"));
        return handshake;
    }

    /** The causes that the observer hears of after Finished. */
    private List<Throwable> reports(Handshake handshake) {
        reported.clear();
        handshake.maskedFailures.report(handshake.config.observer());
        return reported;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "16, 16", "65535, 65535", "0, 32", "-1, 32", "65536, 32"})
    void aStandInIsAsLongAsTheSourceSaysIfThatIsPossible(int said, int length) throws Exception {
        Handshake handshake = withPsk(said);
        assertThat(Premaster.askPsk(handshake, () -> {}, OptionalLong.empty())).isNotNull();
        assertThat(handshake.keys.takeStandIn()).hasSize(length);
    }

    @Test
    void aKeyThatIsFoundIsTheKey() {
        Handshake handshake = withPsk(32);
        for (int length : new int[] {1, PskSource.MAX_KEY_LENGTH}) {
            handshake.keys.standIn(new byte[] {9});
            byte[] found = Bytes.ascending(length);
            Premaster.onPsk(handshake, Optional.of(found));
            assertThat(handshake.keys.psk.get()).isEqualTo(Bytes.ascending(length));
            assertThat(reports(handshake)).isEmpty();
            handshake.keys.psk.clear();
        }
    }

    /** RFC 4279 2: the client does not learn it, the observer does. */
    @Test
    void theStandInTakesThePlaceOfAKeyThatIsNotThere() {
        Handshake handshake = withPsk(32);
        handshake.keys.standIn(new byte[] {9, 8});
        Premaster.onPsk(handshake, Optional.empty());
        assertThat(handshake.keys.psk.get()).containsExactly(9, 8);
        assertThat(reports(handshake)).singleElement().isInstanceOf(OperationException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, PskSource.MAX_KEY_LENGTH + 1})
    void theStandInTakesThePlaceOfAKeyThatIsEmptyOrTooLong(int length) {
        Handshake handshake = withPsk(32);
        handshake.keys.standIn(new byte[] {9, 8});
        byte[] found = Bytes.ascending(length);
        Premaster.onPsk(handshake, Optional.of(found));
        assertThat(handshake.keys.psk.get()).containsExactly(9, 8);
        assertThat(Bytes.isZero(found)).as("wiped").isTrue();
        assertThat(reports(handshake)).singleElement().isInstanceOf(OperationException.class);
    }

    @Test
    void theClientsPublicValueServesOnce() throws Exception {
        Handshake handshake = handshake(
                TlsServerConfig.builder().preSharedKeys(source(32)),
                CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
                null);
        handshake.keys.share.set(KeyShare.generate(NamedGroup.X25519, handshake.config));
        byte[] nine = new byte[32];
        nine[0] = 9;
        handshake.keys.clientShare.set(new EcdheClientKeyExchange(nine));
        assertThat(Premaster.askAgreement(handshake, () -> {}, OptionalLong.empty()))
                .isNotNull();
        assertThat(handshake.keys.clientShare.isSet()).isFalse();
        assertThat(handshake.keys.share.isSet()).isFalse();
    }

    /** RFC 5246 7.4.7.1-4: a ciphertext of another length costs the key the same work, on a block that says nothing. */
    @ParameterizedTest
    @ValueSource(ints = {MODULUS, MODULUS - 1, MODULUS + 1, 0})
    void theKeyIsGivenABlockOfItsLength(int length) throws Exception {
        key.decrypts(KeyScript.manual());
        Handshake handshake = decrypting(length);
        Premaster.askDecryption(handshake, () -> {}, OptionalLong.empty());
        byte[] block = key.takePending().decryptRequest().ciphertext();
        assertThat(block).isEqualTo(length == MODULUS ? Bytes.ascending(MODULUS) : new byte[MODULUS]);
        assertThat(handshake.keys.takeStandIn()).hasSize(SECRET).isNotEqualTo(new byte[SECRET]);
        assertThat(Premaster.noPremaster(handshake)).hasSize(SECRET).containsOnly(0);
    }

    private static byte[] premaster() {
        byte[] premaster = Bytes.ascending(SECRET);
        premaster[0] = 3;
        premaster[1] = 3;
        return premaster;
    }

    /** RFC 8017 7.2.1: 00 02, padding without zeros, 00, the secret. */
    private static byte[] padded(byte[] premaster) {
        byte[] block = new byte[MODULUS];
        Arrays.fill(block, (byte) 0x5a);
        block[0] = 0;
        block[1] = 2;
        block[MODULUS - SECRET - 1] = 0;
        System.arraycopy(premaster, 0, block, MODULUS - SECRET, SECRET);
        return block;
    }

    private void assertDecrypted(Handshake handshake, byte[] answer, byte[] expected, boolean reports) {
        byte[] random = new byte[SECRET];
        Arrays.fill(random, (byte) 7);
        handshake.keys.standIn(random);
        Premaster.onDecrypted(handshake, answer);
        assertThat(handshake.keys.shared.get()).isEqualTo(expected);
        assertThat(Bytes.isZero(answer)).as("the answer is wiped").isTrue();
        assertThat(Bytes.isZero(random)).as("the stand-in is wiped").isTrue();
        assertThat(reports(handshake)).hasSize(reports ? 1 : 0);
    }

    private static byte[] sevens() {
        byte[] sevens = new byte[SECRET];
        Arrays.fill(sevens, (byte) 7);
        return sevens;
    }

    @Test
    void aRawBlockAndAPremasterSecretAreTaken() {
        assertDecrypted(decrypting(MODULUS), padded(premaster()), premaster(), false);
        assertDecrypted(decrypting(MODULUS), premaster(), premaster(), false);
    }

    /** RFC 5246 7.4.7.1-2, 7.4.7.1-3. */
    @Test
    void theRandomValueTakesThePlaceOfWhatIsWrong() {
        byte[] otherVersion = premaster();
        otherVersion[1] = 2;
        assertDecrypted(decrypting(MODULUS), padded(otherVersion), sevens(), false);
        assertDecrypted(decrypting(MODULUS), otherVersion, sevens(), false);
        byte[] badPadding = padded(premaster());
        badPadding[1] = 1;
        assertDecrypted(decrypting(MODULUS), badPadding, sevens(), false);
    }

    @ParameterizedTest
    @ValueSource(ints = {SECRET - 1, SECRET + 1, MODULUS - 1, MODULUS + 1, 0})
    void anAnswerOfNoSuchLengthIsTheKeysFaultAndReported(int length) {
        assertDecrypted(decrypting(MODULUS), Bytes.ascending(length), sevens(), true);
    }

    @ParameterizedTest
    @ValueSource(ints = {MODULUS - 1, MODULUS + 1})
    void theAnswerToABlockInThePlaceOfAnotherIsDropped(int ciphertextLength) {
        assertDecrypted(decrypting(ciphertextLength), padded(premaster()), sevens(), false);
        assertDecrypted(decrypting(ciphertextLength), premaster(), sevens(), false);
    }

    @Test
    void theKeysOfTheRecordsAreHandedOverAndWiped() {
        Handshake handshake = withPsk(32);
        handshake.keys.psk.set(new byte[] {1, 2, 3});
        Premaster.derive(handshake);
        assertThat(handshake.keys.master.isSet()).isTrue();
        KeyBlock block = (KeyBlock) told.get(0)[1];
        assertThat(block.clientWriteKey()).hasSize(16).containsOnly(0);
        assertThat(block.serverWriteKey()).hasSize(16).containsOnly(0);
    }

    /** A cipher of a provider that was added may fail when it is given its key. */
    @Test
    void theKeysOfTheRecordsAreWipedIfTheirCipherDoesNotTakeThem() {
        Handshake handshake = withPsk(32);
        handshake.keys.psk.set(new byte[] {1, 2, 3});
        outputFailure = new ProviderException("no such cipher");
        assertThatExceptionOfType(ProviderException.class).isThrownBy(() -> Premaster.derive(handshake));
        KeyBlock block = (KeyBlock) told.get(0)[1];
        assertThat(block.clientWriteKey()).hasSize(16).containsOnly(0);
        assertThat(block.serverWriteKey()).hasSize(16).containsOnly(0);
    }
}
